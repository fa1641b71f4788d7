// Behind a yes to a till: once it has booked, the receipt.
import { followQuestions } from "/assets/till-questions.js";

followQuestions(
  () => "",
  (told) => {
    if (told?.booked) location.replace(`/wallet/history/${encodeURIComponent(told.booked)}`);
  },
);

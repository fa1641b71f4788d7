// What each page of the wallet does: keep a worker that opens it without reception, let the phone make codes, and forget
// all of it at the log-out.
import { forgetDevice, loggedIn, ownDevice } from "/assets/pay-device.js";
import { isAble } from "/assets/stored.js";

const workers = navigator.serviceWorker;
const wallet = loggedIn();

async function tell(message) {
  (await workers?.ready)?.active.postMessage(message);
}

workers?.register("/wallet/worker.js", { scope: "/wallet" }).catch(() => {});

/** A page that was kept says so, and from when it is. */
function sayWhetherOffline() {
  const note = document.querySelector("[data-offline]");
  if (note) note.hidden = navigator.onLine;
}

/** A session that had no fresh proof is not asked again on each page: the code's page leads to the proof. */
async function addPhone() {
  const refused = "pay-device-refused";
  if (!isAble() || sessionStorage.getItem(refused) === wallet.session) return;
  if ((await ownDevice(wallet)) === null) sessionStorage.setItem(refused, wallet.session);
}

for (const change of ["online", "offline"]) addEventListener(change, sayWhetherOffline);
sayWhetherOffline();

if (wallet) {
  addPhone()
    .catch(() => {})
    .then(() => tell("keep"));
  document.querySelector("form[action='/language']").addEventListener("submit", () => void tell("forget"));
  for (const form of document.querySelectorAll("[data-log-out]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await forgetDevice().catch(() => {});
      form.submit();
    });
  }
}

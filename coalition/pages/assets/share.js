// Hands a link to whatever the phone sends messages with, where it lets pages do so.
const button = document.querySelector("[data-share]");
if (button && navigator.share) {
  button.hidden = false;
  button.addEventListener("click", () => navigator.share({ url: button.dataset.share, text: button.dataset.text }).catch(() => {}));
}

// Hands a link to whatever the phone sends messages with; copies it where the browser can't.
const button = document.querySelector("[data-share]");

async function send() {
  const { share: url, text, copied } = button.dataset;
  if (navigator.share) {
    await navigator.share({ url, text }).catch(() => {});
  } else {
    await navigator.clipboard.writeText(url);
    button.textContent = copied;
  }
}

if (button && (navigator.share || navigator.clipboard)) {
  button.hidden = false;
  if (!navigator.share) button.textContent = button.dataset.copy;
  button.addEventListener("click", send);
}

// Lets this phone hear of notices by itself, or ends that: the browser asks its owner, and the server keeps where to send.
import { loggedIn } from "/assets/pay-device.js";

const place = document.querySelector("[data-push]");
const wallet = loggedIn();
const path = `/v1/members/${encodeURIComponent(wallet.member)}/push-subscriptions`;
const isAble = "PushManager" in window && "Notification" in window && "serviceWorker" in navigator;

/** Whether it is on, and what there is to say beside that. */
function show(isOn, said) {
  for (const part of place.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== said;
  for (const button of place.querySelectorAll("[data-turn]")) {
    button.hidden = !isAble || (button.dataset.turn === "off") !== isOn;
    button.disabled = false;
  }
}

async function asked(url, options) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": wallet.csrf };
  const answer = await fetch(url, { ...options, headers });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

async function turnOn() {
  const { pushManager } = await navigator.serviceWorker.ready;
  // One of another key, or of whoever used this browser before, is of no use.
  await (await pushManager.getSubscription())?.unsubscribe();
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: place.dataset.push });
  const { endpoint, keys } = subscription.toJSON();
  const { id } = await asked(path, { method: "POST", body: JSON.stringify({ endpoint, ...keys }) });
  place.dataset.subscription = id;
}

async function turnOff() {
  await asked(`${path}/${encodeURIComponent(place.dataset.subscription)}`, { method: "DELETE" });
  place.dataset.subscription = "";
  const { pushManager } = await navigator.serviceWorker.ready;
  await (await pushManager.getSubscription())?.unsubscribe();
}

for (const button of place.querySelectorAll("[data-turn]")) {
  const turnsOn = button.dataset.turn === "on";
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await (turnsOn ? turnOn() : turnOff());
      show(turnsOn, turnsOn ? "on" : "");
      place.querySelector("[data-turn]:not([hidden])").focus();
    } catch (error) {
      show(!turnsOn, error.name === "NotAllowedError" ? "denied" : "failed");
    }
  });
}

async function begin() {
  const { pushManager } = isAble ? await navigator.serviceWorker.ready : {};
  const isOn = Boolean(place.dataset.subscription && (await pushManager?.getSubscription()));
  place.hidden = false;
  show(isOn, isAble ? (isOn ? "on" : "") : "unable");
}
begin();

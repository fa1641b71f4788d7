// Log in with a passkey, add one, remove one. Without this script, the code by message does all of it.
const json = (body, csrf) => ({
  method: "POST",
  headers: { "Content-Type": "application/json", ...(csrf ? { "X-CSRF-Token": csrf } : {}) },
  body: JSON.stringify(body),
});

async function asked(path, options) {
  const answer = await fetch(path, options);
  if (!answer.ok) {
    const problem = await answer.json();
    throw Object.assign(new Error(problem.detail), { code: problem.code });
  }
  return answer.status === 204 ? null : answer.json();
}

function failing(section, act) {
  const alert = section.querySelector("[role=alert]");
  let isBusy = false;
  return async () => {
    if (isBusy) return;
    isBusy = true;
    alert.hidden = true;
    try {
      await act();
    } catch (error) {
      if (error.name === "NotAllowedError" || error.name === "AbortError") return;
      // The log-in is some minutes old: whoever it is shows it once more, and comes back here.
      if (error.code === "proof_needed" && section.dataset.prove) return location.assign(section.dataset.prove);
      const isThere = error.name === "InvalidStateError" && section.dataset.there;
      alert.textContent = isThere || section.dataset.failed;
      alert.hidden = false;
    } finally {
      isBusy = false;
    }
  };
}

const able = "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;

const logIn = document.querySelector("[data-passkey-log-in]");
if (logIn && able) {
  logIn.hidden = false;
  const town = logIn.dataset.town || null;
  logIn.querySelector("button").addEventListener(
    "click",
    failing(logIn, async () => {
      const started = await asked("/v1/sessions/passkey/options", json({ alliance: town }));
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(started.options);
      const credential = await navigator.credentials.get({ publicKey });
      const body = { alliance: town, challenge: started.challenge, credential: credential.toJSON(), cookie: true };
      await asked("/v1/sessions/passkey", json(body));
      location.assign(logIn.dataset.next);
    }),
  );
}

const own = document.querySelector("[data-passkeys]");
if (own && able) {
  const { csrf, name } = own.dataset;
  const add = own.querySelector("[data-add]");
  add.hidden = false;
  add.addEventListener(
    "click",
    failing(own, async () => {
      const started = await asked("/v1/passkeys/options", json({}, csrf));
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(started.options);
      const credential = await navigator.credentials.create({ publicKey });
      await asked("/v1/passkeys", json({ challenge: started.challenge, credential: credential.toJSON(), name }, csrf));
      location.reload();
    }),
  );
  for (const button of own.querySelectorAll("[data-remove]")) {
    button.addEventListener(
      "click",
      failing(own, async () => {
        const path = `/v1/passkeys/${encodeURIComponent(button.dataset.remove)}`;
        await asked(path, { method: "DELETE", headers: { "X-CSRF-Token": csrf } });
        location.reload();
      }),
    );
  }
}

// A form whose answer takes some seconds says so at once, and is sent once. Whoever comes back to it finds it as it was.
for (const form of document.querySelectorAll("form[data-busy]")) {
  const note = document.createElement("p");
  note.className = "muted";
  note.setAttribute("role", "status");
  form.append(note);
  const show = (busy) => {
    note.textContent = busy ? form.dataset.busy : "";
    for (const button of form.querySelectorAll("button")) button.disabled = busy;
  };
  // The form is read once this is over, and a button that is disabled is not in it.
  form.addEventListener("submit", () => setTimeout(show, 0, true));
  addEventListener("pageshow", () => show(false));
}

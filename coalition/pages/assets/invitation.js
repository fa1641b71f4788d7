// The token stands behind # in the link, where no server and no log sees it: take it out, and send it in the form.
const form = document.querySelector("[data-from-address]");
const token = decodeURIComponent(location.hash.slice(1));
if (form && token) {
  history.replaceState(null, "", location.pathname);
  form.elements.token.value = token;
  form.requestSubmit();
}

/* Searching by picture: paste one, or drop it, instead of choosing a file. Without this the form works as it stands. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-drop]");
  const field = form?.querySelector("input[type=file]");
  if (!field) return;
  form.querySelector("[data-drop-words]").hidden = false;

  const send = (files) => {
    const picture = [...files].find((file) => file.type.startsWith("image/"));
    if (!picture) return false;
    const held = new DataTransfer();
    held.items.add(picture);
    field.files = held.files;
    form.requestSubmit();
    return true;
  };

  document.addEventListener("paste", (event) => {
    if (send(event.clipboardData?.files ?? [])) event.preventDefault();
  });
  document.addEventListener("dragover", (event) => {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault();
    form.dataset.over = "yes";
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) delete form.dataset.over;
  });
  document.addEventListener("drop", (event) => {
    delete form.dataset.over;
    if (event.dataTransfer?.files.length) {
      event.preventDefault();
      send(event.dataTransfer.files);
    }
  });
})();

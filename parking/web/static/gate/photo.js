// A photo is sent as soon as it is taken, made smaller first: phones take more than a gate needs.

const SIDE = 2000;
const QUALITY = 0.8;

addEventListener("change", async ({ target }) => {
  if (!target.matches("[data-photo]") || !target.files.length) return;
  try {
    put(target, await smaller(target.files[0]));
  } catch {
    // It is sent as it is: the server makes it smaller, too.
  }
  target.form.requestSubmit();
});

async function smaller(file) {
  const image = await createImageBitmap(file);
  const scale = Math.min(1, SIDE / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  return new File([blob], "photo.jpg", { type: "image/jpeg" });
}

function put(field, file) {
  const files = new DataTransfer();
  files.items.add(file);
  field.files = files.files;
}

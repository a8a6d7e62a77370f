// The page of a shop: the camera reads the code of a ticket, which is then sent as if it had been typed. Where the shop
// pays by the amount of its bill, that is asked for first.

import { keepAwake } from "../gate/awake.js";
import { Camera } from "../gate/camera.js";
import { cleaned, isWholeTicket } from "../gate/scanned.js";

const form = document.querySelector("[data-shop]");
const { customer, bill_amount: amount } = form.elements;

function take(text) {
  if (!isWholeTicket(text)) return false;
  customer.value = cleaned(text);
  if (amount && !amount.value) amount.focus();
  else form.requestSubmit();
  return true;
}

new Camera({
  panel: form.querySelector("[data-camera-panel]"),
  button: form.querySelector("[data-camera]"),
  onCode: take,
  onPicture: (stream) => keepAwake(stream !== null),
});
form.querySelector("[data-shop-scan]").hidden = false;

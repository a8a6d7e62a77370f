// Shows push messages in this browser, or no more: fills a form with what its push service gave.

const card = document.querySelector("[data-push]");
const [start, stop] = card.querySelectorAll("form");
const say = (name) => {
  for (const text of card.querySelectorAll("[data-says]")) text.hidden = text.dataset.says !== name;
};

function keyBytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

async function manager() {
  return (await navigator.serviceWorker.ready).pushManager;
}

function send(form, subscription) {
  const { endpoint, keys } = subscription.toJSON();
  form.elements.endpoint.value = endpoint;
  if (form === start) for (const name of ["p256dh", "auth"]) form.elements[name].value = keys[name];
  form.submit();
}

async function allow(event) {
  event.preventDefault();
  if ((await Notification.requestPermission()) !== "granted") return say("refused");
  try {
    const options = { userVisibleOnly: true, applicationServerKey: keyBytes(card.dataset.push) };
    send(start, await (await manager()).subscribe(options));
  } catch {
    say("failed");
  }
}

async function end(event) {
  event.preventDefault();
  const subscription = await (await manager()).getSubscription();
  await subscription.unsubscribe();
  send(stop, subscription);
}

async function show() {
  const subscription = await (await manager()).getSubscription();
  // A browser that another person used before, or whose subscription we have ended, is not subscribed here.
  const isMine = subscription && card.dataset.mine.split(" ").includes(subscription.endpoint);
  start.hidden = Boolean(isMine);
  stop.hidden = !isMine;
  if (Notification.permission === "denied") say("refused");
}

start.addEventListener("submit", allow);
stop.addEventListener("submit", end);
if ("PushManager" in window && "serviceWorker" in navigator) {
  card.hidden = false;
  show();
}

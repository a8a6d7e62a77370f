// Without network: the tickets that were kept on this device, with the titles of their pages.

const list = document.querySelector("[data-kept-tickets]");
const none = document.querySelector("[data-none-kept]");

async function show() {
  const cache = await caches.open("pages-1");
  for (const request of await cache.keys()) {
    const address = new URL(request.url).pathname;
    if (!/^\/tickets\/[0-9]+\/$/.test(address)) continue;
    const page = new DOMParser().parseFromString(await (await cache.match(request)).text(), "text/html");
    const link = document.createElement("a");
    link.href = address;
    link.className = "btn btn-primary w-100";
    link.textContent = page.title.split(" · ").slice(0, -1).join(" · ");
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  none.hidden = list.childElementCount > 0;
}

show();
addEventListener("online", () => location.reload());

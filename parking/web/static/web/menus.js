// Menus of rows. The browser opens and closes them by itself (popover); this puts them beside their button, where it
// would show them in the middle of the window, and moves among their steps by the arrow keys.

const BODY = ".row-menu-body";
const openerOf = (menu) => document.querySelector(`[popovertarget="${menu.id}"]`);
const stepsOf = (menu) => [...menu.querySelectorAll("li > :is(a, button), li > form button, input")];

// Measured before it is drawn, so that it is nowhere else first. It moves with the page, not with the window.
function place(menu) {
  const button = openerOf(menu).getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const goesUp = button.bottom > clientHeight * 0.65;
  const across = button.left < clientWidth / 2;
  // From the top also where it goes up, by its own height (tables.css): a bottom would be that of the whole page.
  menu.style.top = `${(goesUp ? button.top - 4 : button.bottom + 4) + scrollY}px`;
  menu.style.left = across ? `${button.left + scrollX}px` : "auto";
  menu.style.right = across ? "auto" : `${clientWidth - button.right - scrollX}px`;
  menu.dataset.placed = goesUp ? "above" : "below";
}

document.addEventListener(
  "beforetoggle",
  ({ target, newState }) => {
    if (newState === "open" && target.matches?.(BODY)) place(target);
  },
  true,
);

// A table that scrolls by itself would leave its menu behind.
document.addEventListener(
  "scroll",
  ({ target }) => {
    if (target !== document) target.querySelector?.(`${BODY}:popover-open`)?.hidePopover();
  },
  true,
);

// The step after one of `steps` by a key: around from the last to the first, and in from the button.
function next(steps, from, key) {
  const at = steps.indexOf(from);
  if (key === "Home" || (key === "ArrowDown" && at < 0)) return steps.at(0);
  if (key === "End" || (key === "ArrowUp" && at < 0)) return steps.at(-1);
  return steps.at((at + (key === "ArrowDown" ? 1 : -1)) % steps.length);
}

const menuOf = (element) => {
  const button = element.closest?.(".row-menu");
  return button ? document.getElementById(button.getAttribute("popovertarget")) : element.closest?.(BODY);
};

const KEYS = ["ArrowDown", "ArrowUp", "Home", "End"];

// Home and End of a closed menu are those of the page, and keys with Ctrl or Alt those of the browser.
const isForMenu = (menu, { key, ctrlKey, altKey, metaKey }) =>
  !ctrlKey && !altKey && !metaKey && (key.startsWith("Arrow") || menu.matches(":popover-open"));

document.addEventListener("keydown", (event) => {
  const menu = KEYS.includes(event.key) && !event.target.matches("input") && menuOf(event.target);
  if (!menu || !isForMenu(menu, event)) return;
  event.preventDefault();
  if (!menu.matches(":popover-open")) menu.showPopover();
  next(stepsOf(menu), event.target, event.key)?.focus();
});

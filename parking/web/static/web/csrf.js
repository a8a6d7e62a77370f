// The token that Django asks for with each POST, as its cookie has it.

export function csrfToken() {
  return document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]*)/)?.[1] ?? "";
}

/*
 * Elements. Whatever a program calls its keys and threads, and whatever its texts say, gets into the page as text, never as
 * markup.
 */

/** Makes an element. Strings among the children become text. */
export function create<N extends keyof HTMLElementTagNameMap>(
  tag: N,
  className = '',
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[N] {
  const element = document.createElement(tag)
  if (className) element.className = className
  element.append(...children)
  return element
}

/** Sets an element's text, unless it is the same: what a reader has selected stays selected. */
export function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** The element of index.html with this id. */
export const byId = <E extends HTMLElement = HTMLElement>(id: string): E => document.getElementById(id) as E

/** Brings an element's children into an order, with as few moves as if it were sorted already. The focus stays where it is. */
export function arrange(parent: Element, children: readonly Element[]): void {
  const focused = document.activeElement
  children.forEach((child, i) => {
    if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null)
  })
  while (parent.children.length > children.length) parent.lastElementChild?.remove()
  // An element that moves loses the focus.
  if (focused !== document.activeElement && focused?.isConnected) (focused as HTMLElement).focus()
}

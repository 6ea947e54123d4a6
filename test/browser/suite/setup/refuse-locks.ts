// Imported before the package, makes the browser refuse Web Locks to this thread, as it does to a page without an origin.
const refuse = () => Promise.reject(new DOMException('refused on purpose', 'SecurityError'))
Object.assign(navigator.locks, { request: refuse, query: refuse })

/** Import and use it: bundlers drop an unused import of a package that declares no side effects. */
export const refusal: Promise<unknown> = navigator.locks.query().catch(error => error)

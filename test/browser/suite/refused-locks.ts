// Imported before the package, makes this thread one to which Web Locks are refused, as to a page without an origin.
const refuse = () => Promise.reject(new DOMException('refused on purpose', 'SecurityError'))
Object.assign(navigator.locks, { request: refuse, query: refuse })

/** To be used: of a package that says that it has no side effects, bundlers drop what nobody uses. */
export const refusal: Promise<unknown> = navigator.locks.query().catch(error => error)

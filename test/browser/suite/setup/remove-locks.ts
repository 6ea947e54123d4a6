// Imported before the package, removes Web Locks from this thread, as in a page that is served by plain http.
Object.defineProperty(navigator, 'locks', { value: undefined })

/** Import and use it: bundlers drop an unused import of a package that declares no side effects. */
export const locks: LockManager | undefined = navigator.locks

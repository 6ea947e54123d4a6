// Imported before the package, makes this thread one without Web Locks, as in a page that is served by plain http.
Object.defineProperty(navigator, 'locks', { value: undefined })

/** To be used: of a package that says that it has no side effects, bundlers drop what nobody uses. */
export const locks: LockManager | undefined = navigator.locks

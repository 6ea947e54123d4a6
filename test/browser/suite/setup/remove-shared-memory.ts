// Imported before the package, removes shared memory from a page that isn't isolated. Chromium and Firefox do so
// themselves, but WebKit is started with a switch that gives shared memory to every page.
if (!crossOriginIsolated) Reflect.deleteProperty(globalThis, 'SharedArrayBuffer')

/** Import and use it: bundlers drop an unused import of a package that declares no side effects. */
export const hasSharedMemory: boolean = 'SharedArrayBuffer' in globalThis

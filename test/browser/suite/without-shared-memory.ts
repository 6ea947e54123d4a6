// Imported before the package: WebKit is started with a switch that gives shared memory to every page.
if (!crossOriginIsolated) Reflect.deleteProperty(globalThis, 'SharedArrayBuffer')

/** To be used: of a package that says that it has no side effects, bundlers drop what nobody uses. */
export const hasSharedMemory: boolean = 'SharedArrayBuffer' in globalThis

// The runtime that this program runs in.
export type BrowserName = 'chromium' | 'firefox' | 'webkit'
export type RuntimeName = 'node' | 'bun' | 'deno' | BrowserName

const scope = globalThis as {
  readonly process?: {
    readonly platform: string
    readonly versions: { readonly [name: string]: string | undefined }
  }
  readonly navigator?: { readonly userAgent: string }
}

export const isBrowser: boolean = scope.process === undefined

/** Whether this is a server runtime on Windows. */
export const isWindows: boolean = scope.process?.platform === 'win32'

export const RUNTIME: RuntimeName = scope.process
  ? serverOf(scope.process.versions)
  : browserOf(scope.navigator?.userAgent ?? '')

function serverOf(versions: { readonly [name: string]: string | undefined }): RuntimeName {
  return versions.bun ? 'bun' : versions.deno ? 'deno' : 'node'
}

/** Only Firefox's user agent contains "Firefox/", and of the other two only Chromium's contains "Chrome/". */
function browserOf(userAgent: string): BrowserName {
  if (userAgent.includes('Firefox/')) return 'firefox'
  return userAgent.includes('Chrome/') ? 'chromium' : 'webkit'
}

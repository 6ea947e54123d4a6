/*
 * Whether a program's main thread can be asked where it is.
 */

/** What decides it, of `process`. */
export interface Runtime {
  readonly versions: { readonly [name: string]: string | undefined }
  /** Missing without `--permission`, and always missing in workers. */
  readonly permission?: { has(scope: string): boolean }
}

/**
 * Why `/stack` can't work; undefined if it can. To be called by the thread that starts the monitor, because only the main thread
 * knows its permissions. If the inspector is not among them, Node doesn't refuse a connection: it aborts the process.
 */
export function whyNoStack(
  { versions: { bun, deno }, permission }: Runtime,
  isMainThread: boolean,
): string | undefined {
  const other = bun ? `Bun ${bun}` : deno && `Deno ${deno}`
  if (other) return `${other} can't tell where another thread is; Node can`
  if (!isMainThread)
    return 'a worker has started this monitor; call monitor({ stack: true }) in the main thread'
  if (permission && !permission.has('inspector'))
    return 'Node runs with --permission, and without --allow-inspector, which newer versions have'
  return undefined
}

/*
 * Checks that the browser and the server provide what this page needs.
 */

/** What is missing, as a message for the user; undefined if nothing is. */
export function missingRequirement(): string | undefined {
  if (!isSecureContext) {
    return 'This page was loaded over an insecure connection. Open it at localhost or over https.'
  }
  if (!crossOriginIsolated || typeof SharedArrayBuffer === 'undefined') {
    return (
      'This page can’t share memory with its workers. Serve it with the headers ' +
      'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, as npm run web does.'
    )
  }
  if (!('locks' in navigator)) {
    return 'This browser has no Web Locks, which the page needs to detect a worker’s death. Use a newer browser.'
  }
  return undefined
}

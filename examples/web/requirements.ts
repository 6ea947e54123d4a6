/*
 * What a browser may lack for this page, in words for who looks at it.
 */

/** Undefined if nothing is. */
export function lacking(): string | undefined {
  if (!isSecureContext) {
    return 'This page was loaded from an address that the browser doesn’t trust. Open it at localhost, or by https.'
  }
  if (!crossOriginIsolated || typeof SharedArrayBuffer === 'undefined') {
    return (
      'This page may not share memory with its workers. It has to be served with the headers ' +
      'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, as npm run web does.'
    )
  }
  if (!('locks' in navigator)) {
    return 'This browser has no Web Locks, by which the page sees a worker end. Use a newer one.'
  }
  return undefined
}

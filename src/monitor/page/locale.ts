/*
 * In the locale C, WebKitGTK reports the language 'C', which is not valid, and uPlot would throw when it is loaded. So this
 * module is loaded before it.
 */
try {
  Intl.getCanonicalLocales(navigator.language)
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en' })
}

export {}

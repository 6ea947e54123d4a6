// A second copy of the package, beside the one that is served under its name.
export * from '../../../../src/browser.js'

// A second copy of the package: another one than what is served under its name.
export * from '../../../../src/browser.js'

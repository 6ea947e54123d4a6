// Settings of a test run, such as SEED: environment variables, or in a page the query of its address.
const scope = globalThis as {
  readonly process?: { readonly env: { readonly [name: string]: string | undefined } }
  readonly location?: { readonly search: string }
}

export const settings: { readonly [name: string]: string | undefined } =
  scope.process?.env ?? Object.fromEntries(new URLSearchParams(scope.location?.search))

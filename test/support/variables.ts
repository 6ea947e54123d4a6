// What a run of tests was told: by the environment, or in a page by its address.
const scope = globalThis as {
  readonly process?: { readonly env: { readonly [name: string]: string | undefined } }
  readonly location?: { readonly search: string }
}

export const variables: { readonly [name: string]: string | undefined } =
  scope.process?.env ?? Object.fromEntries(new URLSearchParams(scope.location?.search))

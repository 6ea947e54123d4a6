/*
 * Runs one of the protocol's test files against a copy of the library in which a mutation is planted: the test file and
 * everything that it imports are bundled from their sources, with one source file replaced by its mutated text.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from '../../../tools/repository.js'
import type { Mutation } from './mutations.js'
import { FOUND, MUTATION_VARIABLE, SCENARIOS_VARIABLE } from './progress.js'
import { applyEdits } from './source-edits.js'

export const bundleFolder: string = join(root, 'build/mutations')

/**
 * A run that prints nothing for this long hangs. It prints a line for every few hundred schedules and a dot for every
 * test (progress.ts), so a slow machine alone doesn't reach this limit.
 */
const SILENCE_SECONDS = 60

/**
 * The source of a mutated file.
 * @throws {Error} that names the file and the fragment, if an edit doesn't fit.
 */
export function mutatedSource({ file, edits, from }: Mutation): string {
  const source = readFileSync(join(root, 'src', `${file}.ts`), 'utf8')
  try {
    return applyEdits(source, edits, from)
  } catch (error) {
    throw new Error(`src/${file}.ts: ${(error as Error).message}`)
  }
}

export interface Verdict {
  /** What the failing test said; undefined if all tests passed. */
  readonly failure: string | undefined
  readonly seconds: number
}

/** Runs a test file, up to the first failure, on the mutated library; without a mutation, on the library as it is. */
export async function runOnMutant(testFile: string, name: string, mutation?: Mutation): Promise<Verdict> {
  const bundle = join(bundleFolder, `${name.replace(/\W+/g, '-')}.js`)
  const replaced = mutation && {
    path: join(root, 'src', `${mutation.file}.ts`),
    text: mutatedSource(mutation),
  }
  await build({
    entryPoints: [join(root, 'test/protocol', `${testFile}.test.ts`)],
    outfile: bundle,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
    plugins: [
      {
        name: 'plant-mutation',
        setup: ({ onLoad }) =>
          onLoad({ filter: /\.ts$/ }, ({ path }) =>
            path === replaced?.path ? { contents: replaced.text, loader: 'ts' } : undefined,
          ),
      },
    ],
  })
  const started = performance.now()
  const { code, output } = await runUntilSilent(bundle, mutation?.scenarios)
  const seconds = (performance.now() - started) / 1000
  if (code === 0) return { failure: undefined, seconds }
  return { failure: output.match(new RegExp(`^${FOUND}.*`, 'm'))?.[0] ?? output, seconds }
}

/**
 * Runs a program to its end.
 * @param scenarios a word in the names of the scenarios to run; undefined for all of them.
 * @throws {Error} if it printed nothing for too long, and was killed.
 */
function runUntilSilent(
  script: string,
  scenarios: string | undefined,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [script], {
    env: {
      ...process.env,
      [MUTATION_VARIABLE]: '1',
      ...(scenarios && { [SCENARIOS_VARIABLE]: scenarios }),
      NO_COLOR: '1',
    },
  })
  let output = ''
  let isSilent = false
  const killLater = () =>
    setTimeout(() => {
      isSilent = true
      child.kill('SIGKILL')
    }, SILENCE_SECONDS * 1000)
  let timer = killLater()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      clearTimeout(timer)
      timer = killLater()
    })
  }
  return new Promise((resolve, reject) => {
    child.on('close', code => {
      clearTimeout(timer)
      if (isSilent) reject(new Error(`it printed nothing for ${SILENCE_SECONDS} s, after:\n${output}`))
      else resolve({ code, output })
    })
  })
}

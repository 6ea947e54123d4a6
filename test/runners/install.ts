// The test runners, which are installed from npm into a cache folder, and a project that has them.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../tools/repository.js'
import { createBareProject, link, npm } from '../integration/consumers/project.js'

const CACHE = join(root, 'node_modules/.cache/threadslots-runners')
const INSTALL_LIMIT_MINUTES = 10

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
export const nodeMajor: number = major
/** Whether Jest's `require` can load ES modules on this Node. */
export const jestRequiresModules: boolean = major > 24 || (major === 24 && minor >= 9)

/** The versions that are tried. docs/testing.md names the runners' major versions. */
const VERSIONS = {
  'babel-jest': '30.5.2',
  jest: '30.5.2',
  '@babel/plugin-transform-modules-commonjs': '7.29.14',
  'babel-plugin-transform-import-meta': '2.3.3',
  '@swc/core': '1.16.22',
  '@swc/jest': '0.2.39',
  mocha: '12.0.3',
  uvu: '0.5.6',
  // 5 requires Node 22.
  vitest: nodeMajor < 22 ? '4.1.12' : '5.1.2',
} as const

export const vitestMajor: number = Number.parseInt(VERSIONS.vitest, 10)

/** The runners as the page writes them, with their versions. */
export const runners: readonly (readonly [title: string, version: string])[] = [
  ['Vitest', VERSIONS.vitest],
  ['Jest', VERSIONS.jest],
  ['Mocha', VERSIONS.mocha],
  ['uvu', VERSIONS.uvu],
]

/** The variable that tells the test files of `npm run test:runners` of the project that they share. */
export const PROJECT_VARIABLE = 'RUNNERS_PROJECT'

/** The project that the variable names, or else a new one, which lives as long as this process. */
export const findOrCreateProject = (): string => process.env[PROJECT_VARIABLE] ?? createProject()

/** Creates a project with this package and the runners, which are installed first if they are missing. */
export function createProject(): string {
  installRunners()
  const project = createBareProject()
  link(project, Object.keys(VERSIONS), CACHE)
  return project
}

function installRunners(): void {
  // Written last, so that an installation that was interrupted is made again.
  const complete = join(CACHE, 'complete.json')
  const wanted = JSON.stringify({ private: true, dependencies: VERSIONS })
  if (existsSync(complete) && readFileSync(complete, 'utf8') === wanted) return
  rmSync(CACHE, { recursive: true, force: true })
  mkdirSync(CACHE, { recursive: true })
  writeFileSync(join(CACHE, 'package.json'), wanted)
  // None of their install scripts is needed.
  const options = ['--prefix', CACHE, '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
  npm(['install', ...options], CACHE, INSTALL_LIMIT_MINUTES * 60_000)
  writeFileSync(complete, wanted)
}

// The ways in which a page's files reach a browser: as they are, or by a bundler.
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import * as vite from 'vite'
import webpack from 'webpack'
import { type Server, serve } from '../../../tools/static-server.js'

/** Serves a folder with index.html, main.js, worker.js, and what these import. */
export type Way = (folder: string) => Promise<Server>

export const asTheyAre: Way = folder => serve({ '/': folder })

/** Both servers of Vite take the project's own vite.config.js, which has the headers. */
export const byViteDev: Way = async root => {
  const server = await vite.createServer({ root, customLogger: logger() })
  await server.listen()
  return { url: urlOf(server), close: () => server.close() }
}

export const byViteBuild: Way = async root => {
  const { complaints, ...customLogger } = logger()
  await vite.build({ root, customLogger })
  if (complaints.length > 0) throw new Error(complaints.join('\n'))
  const server = await vite.preview({ root, customLogger })
  return { url: urlOf(server), close: () => server.close() }
}

const urlOf = ({ resolvedUrls }: vite.ViteDevServer | vite.PreviewServer) => resolvedUrls?.local[0] as string

function logger() {
  const complaints: string[] = []
  return { ...vite.createLogger('silent'), complaints, warn: (text: string) => void complaints.push(text) }
}

export const byEsbuild =
  (options: esbuild.BuildOptions = {}): Way =>
  async folder => {
    const outdir = join(folder, 'esbuild')
    const entryPoints = ['main.js', 'worker.js']
    const { warnings } = await esbuild.build({
      absWorkingDir: folder,
      entryPoints,
      outdir,
      bundle: true,
      format: 'esm',
      minify: true,
      logLevel: 'silent',
      ...options,
    })
    if (warnings.length > 0) throw new Error(JSON.stringify(warnings))
    return servePage(folder, outdir)
  }

export const byWebpack: Way = async folder => {
  const path = join(folder, 'webpack')
  const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
    webpack(
      { mode: 'production', context: folder, entry: './main.js', output: { path, filename: 'main.js' } },
      (error, stats) => (error ? reject(error) : resolve(stats)),
    )
  })
  const { errors = [], warnings = [] } = stats?.toJson({ all: false, errors: true, warnings: true }) ?? {}
  if (errors.length + warnings.length > 0) throw new Error(JSON.stringify([errors, warnings]))
  return servePage(folder, path)
}

function servePage(folder: string, output: string): Promise<Server> {
  cpSync(join(folder, 'index.html'), join(output, 'index.html'))
  return serve({ '/': output })
}

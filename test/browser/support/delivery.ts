// Delivers a page's files to a browser, as they are or built by a bundler.
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import * as vite from 'vite'
import webpack from 'webpack'
import { type Server, serve } from '../../../tools/static-server.js'

/** Serves a folder with index.html, main.js, worker.js and what these import. */
export type Delivery = (folder: string) => Promise<Server>

export const plainFiles: Delivery = folder => serve({ '/': folder })

/** Vite reads the project's own vite.config.js, which sets the headers, for this server and for its preview of a build. */
export const viteServer: Delivery = async root => {
  const server = await vite.createServer({ root, customLogger: logger() })
  await server.listen()
  return { url: urlOf(server), close: () => server.close() }
}

export const viteBuild: Delivery = async root => {
  const { complaints, ...customLogger } = logger()
  await vite.build({ root, logLevel: 'warn', customLogger })
  if (complaints.length > 0) throw new Error(complaints.join('\n'))
  const server = await vite.preview({ root, customLogger })
  return { url: urlOf(server), close: () => server.close() }
}

const urlOf = ({ resolvedUrls }: vite.ViteDevServer | vite.PreviewServer) => resolvedUrls?.local[0] as string

function logger() {
  const complaints: string[] = []
  return { ...vite.createLogger('silent'), complaints, warn: (text: string) => void complaints.push(text) }
}

export const withEsbuild =
  (options: esbuild.BuildOptions = {}): Delivery =>
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

export const webpackBuild: Delivery = async folder => {
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

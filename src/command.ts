#!/usr/bin/env node
/*
 * The command `threadslots`.
 */
import { readFileSync } from 'node:fs'
import { runCommand } from './command/run-command.js'

// A reader that has gone, as in `npx threadslots top 9464 | head -1`, is no error.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
process.exitCode = await runCommand(process.argv.slice(2), version, process)

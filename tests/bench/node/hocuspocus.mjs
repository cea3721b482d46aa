// Hocuspocus with SQLite (the one that Node brings), as its documentation sets it up.
import { DatabaseSync } from 'node:sqlite'
import { Database } from '@hocuspocus/extension-database'
import { Server } from '@hocuspocus/server'

const [port, folder] = process.argv.slice(2)
const db = new DatabaseSync(`${folder}/hocuspocus.sqlite`)
db.exec('CREATE TABLE IF NOT EXISTS documents (name TEXT PRIMARY KEY, data BLOB NOT NULL)')
const read = db.prepare('SELECT data FROM documents WHERE name = ?')
const write = db.prepare('INSERT INTO documents VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET data = excluded.data')

await new Server({
  port: Number(port),
  address: '127.0.0.1',
  quiet: true,
  extensions: [
    new Database({
      fetch: async ({ documentName }) => read.get(documentName)?.data ?? null,
      store: async ({ documentName, state }) => void write.run(documentName, state),
    }),
  ],
}).listen()

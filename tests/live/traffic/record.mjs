// Records what stock Yjs clients send to a server, for tests that then need no Node:
//   cd tests/live/traffic && node record.mjs ../../../frontend/node_modules/yjs/dist/yjs.mjs
// Each scene: six authors, one server that puts all messages in one order, delayed delivery, emoji, undo and
// redo, several edits in one transaction, messages merged before sending, cuts with a step 2 afterwards.
import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const Y = await import(pathToFileURL(resolve(process.argv[2])).href)

function dice (seed) {
  let state = seed
  return n => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % n
  }
}

const words = ['congrès ', 'commune ', 'motion ', 'œuvre ', 'l’État ', '😀', '🇫🇷', '👩‍👩‍👧‍👦', 'é', ' « oui » ', '\n\n', '– ', 'a', 'b', '½']

// Never inside a pair: the editors move by characters.
const safe = (text, at) => {
  const unit = text.charCodeAt(at)
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at
}

function scene (name, seed, { gc, coalesce, offline, steps = 350 }) {
  const random = dice(seed)
  const server = new Y.Doc({ gc: false })
  const events = []
  const authors = Array.from({ length: 6 }, (_, index) => {
    const doc = new Y.Doc({ gc })
    doc.clientID = 1 + random(2 ** 31) * 2
    const author = { index, doc, text: doc.getText('text'), inbox: [], outbox: [], isOnline: true }
    author.undo = new Y.UndoManager(author.text, { captureTimeout: 0, trackedOrigins: new Set(['me']) })
    doc.on('update', (update, origin) => {
      if (origin === 'server') return
      if (author.isOnline) author.outbox.push(update)
    })
    return author
  })
  const deliver = (from, kind, update) => {
    events.push([from.index, kind, Buffer.from(update).toString('base64')])
    const before = Y.encodeStateVector(server)
    Y.applyUpdate(server, update)
    const news = kind === 'step2' ? Y.encodeStateAsUpdate(server, before) : update
    for (const other of authors) if (other !== from && other.isOnline) other.inbox.push(news)
  }
  const send = author => {
    if (author.outbox.length === 0) return
    const updates = author.outbox.splice(0)
    if (coalesce && updates.length > 1) deliver(author, 'update', Y.mergeUpdates(updates))
    else for (const update of updates) deliver(author, 'update', update)
  }
  const receive = (author, count) => {
    for (const update of author.inbox.splice(0, count)) Y.applyUpdate(author.doc, update, 'server')
  }
  const leave = author => { send(author); author.isOnline = false; author.inbox = [] }
  const comeBack = author => {
    Y.applyUpdate(author.doc, Y.encodeStateAsUpdate(server, Y.encodeStateVector(author.doc)), 'server')
    author.isOnline = true
    deliver(author, 'step2', Y.encodeStateAsUpdate(author.doc, Y.encodeStateVector(server)))
  }
  const edit = author => {
    const { doc, text, undo } = author
    const dieRoll = random(20)
    if (dieRoll === 0) { undo.undo(); return }
    if (dieRoll === 1) { undo.redo(); return }
    doc.transact(() => {
      for (let times = 1 + (random(4) === 0 ? 2 : 0); times > 0; times--) {
        const at = safe(text.toString(), random(text.length + 1))
        if (random(3) > 0 || text.length < 20) text.insert(at, words[random(words.length)])
        else {
          const whole = text.toString()
          const end = safe(whole, Math.min(whole.length, at + 1 + random(12)))
          if (end > at) text.delete(at, end - at)
        }
      }
    }, 'me')
    // Inserted and taken back at once, unknown to undo: with collection on, sent as a hole.
    if (random(12) === 0) {
      doc.transact(() => {
        const at = safe(text.toString(), random(text.length + 1))
        text.insert(at, 'repenti')
        text.delete(at, 7)
      })
    }
  }
  for (let step = 0; step < steps; step++) {
    const author = authors[random(authors.length)]
    if (offline && random(25) === 0) { if (author.isOnline) leave(author); else comeBack(author) }
    edit(author)
    if (author.isOnline && random(3) > 0) { send(author); receive(author, random(author.inbox.length + 1)) }
  }
  for (const author of authors) if (author.isOnline) send(author); else comeBack(author)
  for (const author of authors) receive(author, Infinity)
  const text = server.getText('text')
  for (const author of authors) if (author.text.toString() !== text.toString()) throw new Error(`${name}: no convergence`)
  const runs = []
  for (let item = text._start; item !== null; item = item.right) {
    if (item.deleted) continue
    const last = runs.at(-1)
    const author = authors.findIndex(a => a.doc.clientID === item.id.client)
    const length = [...item.content.str].length
    if (last !== undefined && last[1] === author) last[0] += length; else runs.push([length, author])
  }
  return { name, gc, text: text.toString(), runs, events }
}

const scenes = []
for (const gc of [false, true]) {
  for (const coalesce of [false, true]) {
    for (const offline of [false, true]) {
      const name = `${gc ? 'collected' : 'kept'}-${coalesce ? 'merged' : 'single'}-${offline ? 'cuts' : 'steady'}`
      scenes.push(scene(name, 20261122 + scenes.length, { gc, coalesce, offline }))
    }
  }
}
writeFileSync('yjs-13.6.33.json.gz', gzipSync(JSON.stringify(scenes), { level: 9 }))
console.log(scenes.map(s => `${s.name} ${s.events.length} ${s.text.length}`).join('\n'))

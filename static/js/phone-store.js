// What was typed and photographed in the field, kept on this phone (IndexedDB) until the server has it.
// Each form has a name of its own; `person` is the number of who is logged in. Words and pictures are encrypted with a key
// that the page of that person carries (AES-GCM): who else has the phone finds nothing to read. Over plain http a browser
// encrypts nothing; there they lie open until they are sent or until somebody logs out.
import { openDB } from "/static/vendor/idb.js";

const NAME = "helpdesk-field"; // static/js/leave.js empties it of one person's
const opened = openDB(NAME, 1, {
  upgrade(db) {
    db.createObjectStore("words", { keyPath: ["person", "form"] });
    db.createObjectStore("files", { keyPath: "id", autoIncrement: true }).createIndex("form", ["person", "form"]);
  },
});
opened.then(() => navigator.storage?.persist?.().catch(() => false), () => {});

const said = document.querySelector('meta[name="phone-key"]')?.content;
const bytesOf = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
// The first locks; the others are of before the house changed its secret, and open what was locked then.
const keys = said && globalThis.crypto?.subtle
  ? said.split(" ").map((one) => crypto.subtle.importKey("raw", bytesOf(one), "AES-GCM", false, ["encrypt", "decrypt"]))
  : [];

async function seal(bytes) {
  if (!keys.length) return { open: bytes };
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keys[0], bytes) };
}

async function unseal({ open, iv, sealed }) {
  return open ?? Promise.any(keys.map(async (key) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, await key, sealed)));
}

const sealWords = (value) => seal(new TextEncoder().encode(JSON.stringify(value)));
const readWords = async (kept) => JSON.parse(new TextDecoder().decode(await unseal(kept)));

// One after the other: what was typed last is what stays.
let turn = Promise.resolve();

// `fields` are pairs of name and value, as a form lists them.
export function keepWords(person, form, fields) {
  const done = turn.then(async () => {
    const row = { person, form, kept: await sealWords(fields), mark: Math.random(), page: location.pathname + location.search };
    await (await opened).put("words", row);
  });
  turn = done.catch(() => {});
  return done;
}

const fieldsOf = async (row) => row.fields ?? readWords(row.kept); // `fields`: of a version that did not encrypt

export async function wordsOf(person, form) {
  const row = await (await opened).get("words", [person, form]);
  return row && fieldsOf(row).catch(() => undefined); // locked with a key that is no more
}

// Forget what was sent; words typed meanwhile stay.
export async function dropWords(person, form, sent) {
  await turn;
  const row = await (await opened).get("words", [person, form]);
  if (!row || (sent && JSON.stringify(await fieldsOf(row)) !== JSON.stringify(sent))) return;
  const trade = (await opened).transaction("words", "readwrite");
  const now = await trade.store.get([person, form]);
  if (now?.mark === row.mark) await trade.store.delete([person, form]);
  await trade.done;
}

// The bytes are kept, not the phone's own reference to them: that one dies with the page.
export async function keepFile(person, form, field, file, caption = "") {
  const bytes = await seal(await file.arrayBuffer());
  const about = await sealWords({ caption, marks: "", name: file.name, type: file.type });
  return (await opened).add("files", { person, form, field, about, bytes, page: location.pathname + location.search });
}

export async function filesOf(person, form) {
  const rows = await (await opened).getAllFromIndex("files", "form", [person, form]);
  const found = await Promise.allSettled(rows.map(async (row) => {
    const about = row.about ? await readWords(row.about) : row;
    const bytes = row.about ? await unseal(row.bytes) : row.bytes;
    const { caption, marks, name, type } = about;
    return { id: row.id, field: row.field, caption, marks, name, file: new File([bytes], name, { type }) };
  }));
  return found.filter(({ status }) => status === "fulfilled").map(({ value }) => value);
}

// What was drawn over a photo stays with it.
export async function markFile(id, marks) {
  const db = await opened;
  const row = await db.get("files", id);
  const about = await sealWords({ ...(await readWords(row.about)), marks });
  await db.put("files", { ...row, about });
}

export async function dropFile(id) {
  await (await opened).delete("files", id);
}

export async function dropFiles(person, form, field) {
  const db = await opened;
  for (const row of await db.getAllFromIndex("files", "form", [person, form])) if (!field || row.field === field) await dropFile(row.id);
}

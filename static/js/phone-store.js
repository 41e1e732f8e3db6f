// What was typed and photographed in the field, kept on this phone (IndexedDB) until the server has it.
// Each form has a name of its own; `person` is the number of who is logged in, and nobody else's things are shown.
import { openDB } from "/static/vendor/idb.js";

const NAME = "helpdesk-field"; // emptied at logout: static/js/leave.js
const opened = openDB(NAME, 1, {
  upgrade(db) {
    db.createObjectStore("words", { keyPath: ["person", "form"] });
    db.createObjectStore("files", { keyPath: "id", autoIncrement: true }).createIndex("form", ["person", "form"]);
  },
});
opened.then(() => navigator.storage?.persist?.().catch(() => false), () => {});

// `fields` are pairs of name and value, as a form lists them.
export async function keepWords(person, form, fields) {
  await (await opened).put("words", { person, form, fields, at: Date.now() });
}

export async function wordsOf(person, form) {
  return (await (await opened).get("words", [person, form]))?.fields;
}

// Forget what was sent; words typed meanwhile stay.
export async function dropWords(person, form, sent) {
  const trade = (await opened).transaction("words", "readwrite");
  const kept = await trade.store.get([person, form]);
  if (kept && (!sent || JSON.stringify(kept.fields) === JSON.stringify(sent))) await trade.store.delete([person, form]);
  await trade.done;
}

// The bytes are kept, not the phone's own reference to them: that one dies with the page.
export async function keepFile(person, form, field, file, caption = "") {
  const bytes = await file.arrayBuffer();
  return (await opened).add("files", { person, form, field, caption, name: file.name, type: file.type, bytes });
}

export async function filesOf(person, form) {
  const rows = await (await opened).getAllFromIndex("files", "form", [person, form]);
  return rows.map((row) => ({ ...row, file: new File([row.bytes], row.name, { type: row.type }) }));
}

export async function dropFile(id) {
  await (await opened).delete("files", id);
}

export async function dropFiles(person, form, field) {
  for (const row of await filesOf(person, form)) if (!field || row.field === field) await dropFile(row.id);
}

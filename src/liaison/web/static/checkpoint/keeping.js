// What the browser keeps while the line is down: one copy, scans and counts that wait to be reported, and which alerts
// were shown here during the shift. All of it lies in IndexedDB sealed with AES-256-GCM under a key that is derived from the shift's code (PBKDF2, SHA-256) and lives in
// this page's memory alone, where nothing can take it out. In the clear stand salts, and when the copy was made and ends.
const NAME = "liaison-checkpoint";
const ROUNDS = 600_000;
const SALT = 16; // bytes
const NONCE = 12; // bytes
const COPY = "copy";
const VERSION = 2;
const STORES = ["keys", "copies", "waiting", "shown"];
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

// The code opens nothing that is kept here.
export class WrongCode extends Error {}

// What a request of IndexedDB gives, or what a transaction ends with.
const settled = (request, event = "success") =>
  new Promise((resolve, reject) => {
    request.addEventListener(event, () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
    request.addEventListener("abort", () => reject(request.error ?? new Error("aborted")));
  });

function opened() {
  const request = indexedDB.open(NAME, VERSION);
  request.addEventListener("upgradeneeded", () => {
    for (const name of STORES.filter((each) => !request.result.objectStoreNames.contains(each))) {
      request.result.createObjectStore(name, { keyPath: "id" }).createIndex("key", "key");
    }
  });
  return settled(request);
}

// Crockford's base32 as people write it: small letters, blanks, and letters that look like digits.
const plainCode = (code) => code.toUpperCase().replace(/[\s-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");

async function derived(code, salt, rounds) {
  const words = await crypto.subtle.importKey("raw", ENCODER.encode(plainCode(code)), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(how, words, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

async function sealed(key, id, value) {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
  const how = { name: "AES-GCM", iv: nonce, additionalData: ENCODER.encode(id) };
  return { nonce, box: await crypto.subtle.encrypt(how, key, ENCODER.encode(JSON.stringify(value))) };
}

async function unsealed(key, id, { nonce, box }) {
  const how = { name: "AES-GCM", iv: nonce, additionalData: ENCODER.encode(id) };
  return JSON.parse(DECODER.decode(await crypto.subtle.decrypt(how, key, box)));
}

export class Keeping {
  #base;

  #key = null; // { id, key } of this page's code

  // `lost` is called when the browser takes all of it away, as it does when somebody signs out.
  static async open(lost) {
    const keeping = new Keeping();
    keeping.#base = await opened();
    keeping.#base.addEventListener("close", lost);
    return keeping;
  }

  get isOpen() {
    return this.#key !== null;
  }

  // { made, expires } of the copy that lies here; null where there is none.
  async copy() {
    const found = await settled(this.#base.transaction("copies").objectStore("copies").get(COPY));
    return found ? { made: new Date(found.made), expires: new Date(found.expires) } : null;
  }

  // Keep a copy under a new code. What waits under the key of this page is sealed anew under the new one.
  async keep(content, code) {
    const salt = crypto.getRandomValues(new Uint8Array(SALT));
    const key = { id: crypto.randomUUID(), key: await derived(code, salt, ROUNDS) };
    const waiting = this.isOpen ? await this.waiting() : [];
    const moved = await Promise.all(waiting.map((each) => this.#item(each, key)));
    const copy = { id: COPY, key: key.id, made: content.made, expires: content.expires, ...(await sealed(key.key, COPY, content)) };
    const proof = { id: key.id, salt, rounds: ROUNDS, ...(await sealed(key.key, key.id, "")) };
    await this.#change((keys, copies, kept) => {
      keys.put(proof);
      copies.put(copy);
      for (const each of moved) kept.put(each);
    });
    this.#key = key;
    await this.#tidy();
  }

  // Open what lies here with the code: the copy, or null where only scans wait. Throws WrongCode.
  async unlock(code) {
    const keys = await settled(this.#base.transaction("keys").objectStore("keys").getAll());
    for (const each of keys) {
      const key = await derived(code, each.salt, each.rounds);
      const right = await unsealed(key, each.id, each).then(() => true, () => false);
      if (right) return this.#opened({ id: each.id, key });
    }
    throw new WrongCode();
  }

  // What this key opens. Where another is open already, what waits is sealed anew under that one.
  async #opened(key) {
    const before = this.#key;
    this.#key = key;
    const content = await this.#content();
    if (before === null || before.id === key.id || content !== null) return content;
    const moved = await Promise.all((await this.waiting()).map((each) => this.#item(each, before)));
    await this.#change((_keys, _copies, waiting) => moved.forEach((each) => waiting.put(each)));
    this.#key = before;
    await this.#tidy();
    return null;
  }

  async #content() {
    const found = await settled(this.#base.transaction("copies").objectStore("copies").get(COPY));
    return found?.key === this.#key.id ? unsealed(this.#key.key, COPY, found) : null;
  }

  // Keep something that waits to be reported.
  async add(item) {
    const kept = await this.#item(item, this.#key);
    await this.#change((_keys, _copies, waiting) => waiting.put(kept));
  }

  async #item(item, { id, key }) {
    return { id: item.id, key: id, ...(await sealed(key, item.id, item)) };
  }

  // What waits under the key of this page, in the order of its making.
  async waiting() {
    const found = await this.#own("waiting");
    return found.sort((one, two) => one.made - two.made);
  }

  // Keep that an alert was shown here, until the shift or its copy ends.
  async remember(item) {
    const kept = await this.#item(item, this.#key);
    await this.#change((_keys, _copies, _waiting, shown) => shown.put(kept));
  }

  // The alerts that were shown here during the shift.
  shown() {
    return this.#own("shown");
  }

  // What lies in a store under the key of this page.
  async #own(name) {
    if (!this.isOpen) return [];
    const { id, key } = this.#key;
    const own = await settled(this.#base.transaction(name).objectStore(name).index("key").getAll(id));
    return Promise.all(own.map((each) => unsealed(key, each.id, each)));
  }

  // How much waits in all, and how much of it this page cannot open.
  async counted() {
    const waiting = this.#base.transaction("waiting").objectStore("waiting");
    const own = this.isOpen ? settled(waiting.index("key").count(this.#key.id)) : 0;
    const [all, mine] = await Promise.all([settled(waiting.count()), own]);
    return { all, closed: all - mine };
  }

  // Erase what the node has acknowledged.
  async erase(ids) {
    await this.#change((_keys, _copies, waiting) => ids.forEach((id) => waiting.delete(id)));
    await this.#tidy();
  }

  // Erase the copy, and what was shown while it was carried.
  async eraseCopy() {
    await this.#change((_keys, copies, _waiting, shown) => {
      copies.delete(COPY);
      shown.clear();
    });
    await this.#tidy();
  }

  // Erase what waits and cannot be opened, where the code is lost.
  async eraseClosed() {
    const all = await settled(this.#base.transaction("waiting").objectStore("waiting").getAll());
    await this.erase(all.filter((each) => each.key !== this.#key?.id).map((each) => each.id));
  }

  // Forget the key: what lies here is closed until somebody gives the code.
  async close() {
    this.#key = null;
    await this.#tidy();
  }

  async #change(work) {
    const change = this.#base.transaction(STORES, "readwrite", { durability: "strict" });
    work(...STORES.map((name) => change.objectStore(name)));
    await settled(change, "complete");
  }

  // Salts are kept as long as something lies here that their key opens.
  async #tidy() {
    const change = this.#base.transaction(STORES, "readwrite");
    const [keys, ...kept] = STORES.map((name) => change.objectStore(name));
    const [known, ...lists] = await Promise.all([keys, ...kept].map((store) => settled(store.getAll())));
    const needed = new Set(lists.flat().map((each) => each.key));
    for (const each of known) if (!needed.has(each.id) && each.id !== this.#key?.id) keys.delete(each.id);
    await settled(change, "complete");
  }
}

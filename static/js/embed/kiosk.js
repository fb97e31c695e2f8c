/* A survey on a screen in a store: sends in the background, keeps what could not be sent, and begins
   anew for the next person. Without a line nothing is lost: answers wait on the device. */
(() => {
  const form = document.getElementById("survey");
  const address = location.pathname;
  const key = `kiosk-${address}`;
  const thanksSeconds = 6, idleSeconds = 60, retrySeconds = 20, mostKept = 5000;

  const kept = () => { try { return JSON.parse(localStorage.getItem(key)) || []; } catch { return []; } };
  const keep = (all) => localStorage.setItem(key, JSON.stringify(all.slice(-mostKept)));
  const post = (fields) => fetch(address, {
    method: "POST",
    body: new URLSearchParams(fields),
    signal: AbortSignal.timeout(8000),
    credentials: "omit",
  });

  let busy = false;
  const sendKept = async () => {
    if (busy) return;
    busy = true;
    try {
      for (const fields of kept()) {
        const answer = await post(fields);
        if (answer.status >= 500) break;
        // Taken, or never to be taken (a form that was closed meanwhile): either way it is done.
        keep(kept().slice(1));
      }
    } catch { /* no line yet */ } finally { busy = false; }
  };
  addEventListener("online", sendKept);
  setInterval(sendKept, retrySeconds * 1000);
  sendKept();

  const again = () => { location.replace(address); };
  const begin = () => (navigator.onLine ? again() : restore());
  if (!form) { setTimeout(begin, thanksSeconds * 1000); return; }

  const main = document.querySelector("main");
  const blank = main.cloneNode(true);
  const restore = () => {
    const fresh = blank.cloneNode(true);
    document.querySelector("main").replaceWith(fresh);
    fresh.querySelector("form").addEventListener("submit", submit);
    scrollTo(0, 0);
  };
  const thank = () => {
    const template = document.getElementById("kiosk-thanks");
    document.querySelector("main").replaceWith(template.content.firstElementChild.cloneNode(true));
    scrollTo(0, 0);
    setTimeout(begin, thanksSeconds * 1000);
  };
  const submit = async (event) => {
    const sent = event.target;
    if (event.submitter?.name === "switch") return;
    event.preventDefault();
    const fields = [...new FormData(sent, event.submitter)].map(([name, value]) => [
      name, name === "submission_id" ? (sent.dataset.submission ||= crypto.randomUUID()) : value,
    ]);
    try {
      const answer = await post(fields);
      if (answer.ok && !answer.redirected) return thank();
      if (answer.status >= 500) throw new Error("down");
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
      document.querySelector("main form")?.addEventListener("submit", submit);
    } catch {
      keep([...kept(), fields]);
      thank();
    }
  };
  form.addEventListener("submit", submit);

  let idle;
  const touched = () => {
    clearTimeout(idle);
    idle = setTimeout(() => { if (document.querySelector("main form")) restore(); }, idleSeconds * 1000);
  };
  for (const name of ["pointerdown", "keydown", "input"]) addEventListener(name, touched);
})();

/* Shows a survey on any website: <script src="https://portal/e/embed.js" data-survey="TOKEN" async></script>
   Needs the portal in script-src, connect-src and frame-src of the site's policy (or in default-src);
   sets no cookie, writes no style into the page but through the elements it makes itself. */
(() => {
  const own = document.currentScript;
  const token = own?.dataset.survey;
  if (!token) return;
  const portal = new URL(own.src).origin;
  const key = `survey-${token.slice(0, 12)}`;
  const day = 86400000;

  const remembered = () => {
    try { return JSON.parse(localStorage.getItem(key)) || {}; } catch { return {}; }
  };
  const remember = (values) => {
    try { localStorage.setItem(key, JSON.stringify({ ...remembered(), ...values })); } catch { /* private window */ }
  };
  const style = (element, values) => { Object.assign(element.style, values); return element; };

  const matches = (pages) => !pages.length || pages.some((page) => {
    const parts = page.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`).test(location.pathname);
  });

  const mayShow = (rules) => {
    if (!rules.open || !matches(rules.pages || [])) return false;
    const known = remembered();
    if (known.lot === undefined) { known.lot = Math.random() * 100; remember({ lot: known.lot }); }
    if (known.lot >= rules.share) return false;
    if (!known.seen) return true;
    return rules.again_days > 0 && Date.now() - known.seen > rules.again_days * day;
  };

  const frame = (title) => {
    const made = document.createElement("iframe");
    made.src = `${portal}/s/${token}/`;
    made.title = title;
    made.setAttribute("allowtransparency", "true");
    style(made, { border: "0", width: "100%", height: "420px", display: "block", background: "transparent" });
    addEventListener("message", (event) => {
      if (event.origin !== portal || event.source !== made.contentWindow) return;
      const { kind, height } = event.data || {};
      if (kind === "survey-height") style(made, { height: `${Math.min(Math.max(Number(height) || 0, 120), 2000)}px` });
      if (kind === "survey-done") remember({ seen: Date.now(), done: true });
    });
    return made;
  };

  const title = (rules) => {
    const language = (document.documentElement.lang || "en").split("-")[0];
    return rules.title?.[language] || Object.values(rules.title || {})[0] || "Survey";
  };

  const popup = (rules) => {
    const box = document.createElement("aside");
    box.setAttribute("aria-label", title(rules));
    const side = { right: { right: "16px" }, left: { left: "16px" }, centre: { left: "50%", transform: "translateX(-50%)" } };
    style(box, {
      position: "fixed", bottom: "16px", width: "min(400px, calc(100vw - 32px))", maxHeight: "calc(100vh - 32px)",
      overflow: "auto", background: "#fff", borderRadius: "12px", boxShadow: "0 8px 40px rgba(0,0,0,.25)",
      zIndex: "2147483000", paddingTop: "40px", ...side[rules.position || "right"],
    });
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", document.documentElement.lang.startsWith("ko") ? "닫기" : "Close");
    style(close, {
      position: "absolute", top: "4px", right: "4px", width: "44px", height: "44px", border: "0",
      background: "transparent", color: "#17202a", font: "24px/1 system-ui", cursor: "pointer",
    });
    const away = () => { remember({ seen: Date.now() }); box.remove(); };
    close.addEventListener("click", away);
    box.addEventListener("keydown", (event) => { if (event.key === "Escape") away(); });
    box.append(frame(title(rules)), close);
    document.body.append(box);
    remember({ seen: Date.now() });
  };

  const read = () => {
    const page = document.documentElement;
    const room = page.scrollHeight - innerHeight;
    return room <= 0 ? 100 : (scrollY / room) * 100;
  };

  const when = (rules, show) => {
    setTimeout(() => {
      if (read() >= (rules.scroll || 0)) return show();
      const look = () => { if (read() >= rules.scroll) { removeEventListener("scroll", look); show(); } };
      addEventListener("scroll", look, { passive: true });
    }, (rules.delay || 0) * 1000);
  };

  const start = async () => {
    const answer = await fetch(`${portal}/e/${token}/`, { credentials: "omit" }).catch(() => null);
    if (!answer?.ok) return;
    const rules = await answer.json();
    if (!mayShow(rules)) return;
    if (rules.mode === "inline") {
      const place = document.querySelector(`[data-survey-here="${token}"]`) || document.querySelector("[data-survey-here]");
      if (place) when(rules, () => place.append(frame(title(rules))));
    } else {
      when(rules, () => popup(rules));
    }
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start); else start();
})();

/** What a page looks like to somebody who cannot see it, sees little of it, or has no mouse. */
globalThis.measuring ??= (() => {
  const PRESSED = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  // Where a thumb goes: everything but links in a text, and the tools on a photo to write with.
  const MAIN = ".button, .place, .row, .back, .me, .brand, .chips a, label.chip, label.tick, label.switch, select, textarea, input[type=text], input[type=email], summary";
  const LEAST = 44; // pixels

  const named = (element) => {
    const words = element.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
    return `<${element.localName} class="${element.className.baseVal ?? element.className}"> ${words}`;
  };
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);

  /** When nothing moves any more. */
  const still = async () => {
    await document.fonts.ready;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const ending = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < 1000);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  };

  /** What is wrong for axe, a line for each. */
  const wrong = async () => {
    await still();
    const rules = { "target-size": { enabled: true } };
    const { violations } = await axe.run(document, { resultTypes: ["violations"], rules, preload: false });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target}: ${failureSummary}`));
  };

  /** What does not fit: a page that scrolls sideways, and words that are cut off. */
  const cut = async () => {
    await still();
    const width = document.documentElement.clientWidth;
    const sideways = document.documentElement.scrollWidth > width;
    const far = sideways ? all("body *").filter((one) => one.getBoundingClientRect().right > width + 1 && !one.closest(".chips, .tabs")) : [];
    const clipped = all("body *").filter((one) => {
      const { overflowX, overflowY } = getComputedStyle(one);
      if (!one.textContent.trim() || one.closest(".hidden, thead, .chips, .tabs, .skip, textarea, select, iframe, .pswp")) return false;
      // A picture to come may stand out behind its tile; what is said on it may not.
      if (one.matches(".mosaic > a")) return [...one.querySelectorAll(".sign")].some((sign) => sign.offsetLeft + sign.offsetWidth > one.clientWidth + 1);
      const wide = /hidden|clip/.test(overflowX) && one.scrollWidth > one.clientWidth + 1;
      return wide || (/hidden|clip/.test(overflowY) && one.scrollHeight > one.clientHeight + 1);
    });
    return [...far.slice(-3).map((one) => `too wide: ${named(one)}`), ...clipped.map((one) => `cut off: ${named(one)}`)];
  };

  /** How much of the height is covered by what does not scroll: 0 to 1. */
  const covered = () => {
    const stuck = all("body *").filter((one) => /fixed|sticky/.test(getComputedStyle(one).position) && !one.closest(".skip, .pswp, trouble-note"));
    return stuck.reduce((sum, one) => sum + one.getBoundingClientRect().height, 0) / innerHeight;
  };

  /** What a thumb will miss. */
  const small = () =>
    all(MAIN)
      .filter((one) => one.matches(PRESSED) || one.matches("label"))
      .filter((one) => !one.closest(".skip, iframe, .hidden"))
      .map((one) => [one, one.getBoundingClientRect()])
      .filter(([, { width, height }]) => Math.round(Math.min(width, height)) < LEAST)
      .map(([one, { width, height }]) => `${Math.round(width)}×${Math.round(height)}: ${named(one)}`);

  /** Where the focus is, and whether one sees it. */
  const focus = () => {
    const one = document.activeElement;
    const label = one.labels?.[0];
    const looks = [one, one.parentElement, label].filter(Boolean).map((each) => getComputedStyle(each));
    const visible = looks.some(({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && parseFloat(outlineWidth) >= 2);
    const { left, top, width, height } = (shown(one) && width_of(one) > 1 ? one : (label ?? one)).getBoundingClientRect();
    const over = document.elementFromPoint(left + width / 2, top + height / 2);
    const free = !!over && [one, label].some((each) => each && (each.contains(over) || over.contains(each)));
    return { name: named(one), visible, free, top: top + scrollY, left, inMain: !!one.closest("main") };
  };
  const width_of = (element) => element.getBoundingClientRect().width;

  return { wrong, cut, covered, small, focus, still };
})();

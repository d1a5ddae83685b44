(() => {
  // The frame grows and shrinks with its page, so that only one of them scrolls.
  const fit = () => {
    const page = document.querySelector(".gradio-container");
    const frame = window.frameElement; // null outside a frame
    if (!page || !frame) return;
    const height = Math.ceil(page.getBoundingClientRect().height);
    if (height > 100) frame.style.setProperty("height", `${height}px`, "important");
  };
  const watch = () => {
    const page = document.querySelector(".gradio-container");
    if (!page) return setTimeout(watch, 100);
    new ResizeObserver(fit).observe(page);
    fit();
  };
  watch();
})();

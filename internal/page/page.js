(() => {
	const $ = (id) => document.getElementById(id);
	const all = (selector) => [...document.querySelectorAll(selector)];
	const data = document.body.dataset;
	const items = all('li');
	const key = 'catnap:' + location.pathname;
	const loaded = Date.now();

	// Times are counted from what the server said, so a wrong clock here does no harm.
	let began = loaded - data.elapsed * 1000;
	let retryAt = loaded + data.retry * 1000;
	let readyAt = 0;
	let fails = 0, asleep = 0, polled = loaded, busy = false, timer, leaving;

	// What earlier reloads of this tab remember: how many, and when the last was. Storage may be denied.
	let memory = { open: 0, lost: 0, at: 0 };
	try {
		sessionStorage.setItem(key + '?', '');
		memory = Object.assign(memory, JSON.parse(sessionStorage.getItem(key)));
		if (loaded - memory.at > 15e3) memory.open = 0;
		if (loaded - memory.at > 6e5) memory.lost = 0;
	} catch {
		const reloaded = performance.getEntriesByType('navigation')[0]?.type === 'reload';
		memory = { open: reloaded ? 4 : 0, lost: 3 };
	}

	// A reload keeps path, query and fragment, and adds nothing to the history.
	function reload(why) {
		memory[why]++;
		memory.at = Date.now();
		try { sessionStorage.setItem(key, JSON.stringify(memory)); } catch {}
		location.reload();
	}

	function text(el, s) {
		if (el.textContent !== s) el.textContent = s;
	}

	function say(s) {
		text($('live'), s);
	}

	function span(ms) {
		const s = Math.max(0, Math.floor(ms / 1000));
		return s < 60 ? s + ' s' : Math.floor(s / 60) + ':' + String(s % 60).padStart(2, 0) + ' min';
	}

	function show(kind) {
		if (data.kind === kind) return;
		data.kind = kind;
		for (const el of all('section')) el.hidden = el.id !== kind;
		say(document.title = $(kind).children[0].textContent);
	}

	function mark(li, state) {
		if (li.dataset.state === state) return;
		li.dataset.state = state;
		const active = state === 'active';
		const label = li.dataset[active ? 'doing' : 'done'];
		text(li.children[1], label);
		text(li.children[0], state === 'done' ? 'Done' : '');
		li.setAttribute('aria-current', active && 'step');
		if (active) say(label);
	}

	function progress(s) {
		for (const step of s.steps || []) {
			const li = items.find((li) => li.dataset.name === step.name);
			if (li) mark(li, step.state);
		}
		const start = Date.now() - s.elapsed_seconds * 1000;
		if (Math.abs(start - began) > 1500) began = start;
		readyAt = s.eta_seconds > 0 ? Date.now() + s.eta_seconds * 1000 : 0;
	}

	// The page that comes straight back, again and again, is asked for ever more slowly.
	function open() {
		data.ready = '';
		for (const li of items) mark(li, 'done');
		say('Ready');
		const n = memory.open;
		leaving = leaving || setTimeout(reload, n < 2 ? 0 : Math.min(6e4, 1000 * 2 ** n), 'open');
	}

	// Nobody is looking at a hidden tab: it must not start anything.
	function askAgain() {
		if (document.hidden) return;
		if (memory.lost < 3) reload('lost');
		else show('asleep');
	}

	function stay() {
		clearTimeout(leaving);
		leaving = 0;
		delete data.ready;
	}

	function followWaking(s, up) {
		if (up) return open();
		stay();
		if (asleep > 1) askAgain();
		else if (!asleep) progress(s);
	}

	// Any other view waits for the visitor: a tab left open keeps nothing awake.
	function followResting(phase) {
		if (phase !== 'asleep') show('again');
		else if (data.kind !== 'failed') show('asleep');
	}

	function follow(s) {
		asleep = s.phase === 'asleep' ? asleep + 1 : 0;
		if (s.phase === 'failed' || s.phase === 'frozen') {
			stay();
			if ('retry_seconds' in s || data.kind !== s.phase) retryAt = Date.now() + (s.retry_seconds || 0) * 1000;
			show(s.phase);
		} else if (data.kind === 'waking') followWaking(s, s.phase === 'awake' || s.phase === 'drowsy');
		else followResting(s.phase);
		tick();
	}

	function pause() {
		if (data.kind !== 'waking') return document.hidden ? 6e5 : 6e4;
		if (document.hidden) return 1e4;
		return fails ? Math.min(1e4, 1000 * 2 ** fails) * (0.5 + Math.random() / 2) : 1000;
	}

	function schedule() {
		clearTimeout(timer);
		if (!busy) timer = setTimeout(poll, Math.max(0, polled + pause() - Date.now()));
	}

	async function poll() {
		busy = true;
		try {
			const signal = AbortSignal.timeout?.(8000);
			const r = await fetch('/.catnap/status', { cache: 'no-store', signal });
			if (!r.ok) throw r.status;
			follow(await r.json());
			fails = 0;
		} catch {
			fails++;
		}
		polled = Date.now();
		busy = false;
		schedule();
	}

	function tick() {
		const now = Date.now(), slow = now - began >= 9e4, left = retryAt - now;
		text($('clock'), span(now - began));
		$('slow').hidden = !slow;
		$('eta').hidden = slow || readyAt <= now;
		text($('eta'), 'About ' + span(readyAt - now + 999) + ' to go.');
		for (const el of all('[data-later]')) el.hidden = left <= 0;
		for (const el of all('[data-now]')) el.hidden = left > 0;
		text($('left'), ' (in ' + span(left + 999) + ')');
		$('retry').setAttribute('aria-disabled', left > 0);
		const at = new Date(Math.round(retryAt / 6e4) * 6e4);
		const time = at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
		for (const el of all('[data-at]')) {
			text(el, el.dataset.at === 'time' ? time : at.toLocaleDateString('en-GB', { dateStyle: 'long' }) + ' at ' + time);
		}
	}

	for (const a of all('.button')) {
		a.addEventListener('click', (e) => {
			e.preventDefault();
			if (a.getAttribute('aria-disabled') === 'true') return;
			memory.lost = memory.open = 0;
			reload('lost');
		});
	}
	document.addEventListener('visibilitychange', schedule);
	setInterval(tick, 500);
	tick();
	schedule();
})();

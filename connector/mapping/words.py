"""The word lists of the mapping room, each in one place: what is no data, no person's mailbox, no company's domain.

Everything is in lower case. Read by the normalisers, ``identity`` and ``similarity``; nothing here has behaviour.
"""

from __future__ import annotations

PLACEHOLDERS = frozenset(
    {
        "unknown", "n/a", "n.a.", "#n/a", "none", "null", "nan", "undefined", "test", "tbd", "tba", "tbc",
        "blank", "empty", "not provided", "not available", "not applicable", "not specified", "no data",
    }
)  # fmt: skip
"""Texts that stand for "no data", from a provider and in a CRM. ``na`` is missing on purpose: it is Namibia's
country code and a surname."""

IDENTITY_PLACEHOLDERS = (PLACEHOLDERS - {"nan"}) | frozenset(
    {
        "x", "xx", "xxx", "test test", "testing", "example", "asdf", "qwerty", "no name", "noname",
        "name", "first name", "firstname", "last name", "lastname", "lead", "contact", "customer",
    }
)  # fmt: skip
"""What people type into a required field to get past it. Narrower uses of these words (a company named X) are
real, so a provider's value is not measured by them. Nan is a given name."""

NO_COMPANY = frozenset(
    {
        "self", "self employed", "self-employed", "selfemployed", "freelance", "freelancer", "independent",
        "individual", "private", "personal", "retired", "student", "unemployed", "no company", "company", "home",
    }
)  # fmt: skip
"""Company names that name no company."""

SHARED_MAILBOXES = frozenset(
    {
        "abuse", "account", "accounting", "accounts", "accountspayable", "admin", "administration", "administrator",
        "all", "ap", "ar", "billing", "bookings", "careers", "compliance", "contact", "contactus", "customercare",
        "customerservice", "donotreply", "enquiries", "enquiry", "events", "everyone", "feedback", "finance", "hello",
        "help", "helpdesk", "hi", "hostmaster", "hr", "humanresources", "info", "information", "inquiries", "inquiry",
        "invoice", "invoices", "it", "jobs", "kontakt", "legal", "mail", "mailerdaemon", "marketing", "media",
        "news", "newsletter", "noreply", "notifications", "office", "operations", "orders", "partners", "payroll",
        "post", "postmaster", "pr", "press", "privacy", "procurement", "purchasing", "reception", "recruiting",
        "recruitment", "reservations", "root", "sale", "sales", "secretary", "security", "service", "services",
        "shop", "staff", "subscribe", "support", "team", "unsubscribe", "vertrieb", "webmaster", "welcome",
    }
)  # fmt: skip
"""The part before the @, without dots, dashes and underscores, of mailboxes that belong to no one person."""

FREE_MAIL = frozenset(
    {
        "gmail.com", "googlemail.com", "yahoo.com", "ymail.com", "rocketmail.com", "yahoo.co.uk", "yahoo.co.in",
        "yahoo.co.jp", "yahoo.fr", "yahoo.de", "yahoo.it", "yahoo.es", "yahoo.ca", "yahoo.com.au", "yahoo.com.br",
        "hotmail.com", "hotmail.co.uk", "hotmail.fr", "hotmail.de", "hotmail.it", "hotmail.es", "outlook.com",
        "outlook.fr", "outlook.de", "outlook.es", "live.com", "live.co.uk", "live.fr", "live.nl", "msn.com",
        "icloud.com", "me.com", "mac.com", "aol.com", "aim.com", "proton.me", "protonmail.com", "pm.me", "gmx.com",
        "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de", "posteo.de", "mail.com",
        "mailbox.org", "email.com", "fastmail.com", "hey.com", "tutanota.com", "tuta.io", "zoho.com", "zohomail.com",
        "mail.ru", "inbox.ru", "list.ru", "bk.ru", "yandex.ru", "yandex.com", "ya.ru", "rambler.ru", "ukr.net",
        "qq.com", "163.com", "126.com", "sina.com", "sohu.com", "foxmail.com", "naver.com", "hanmail.net",
        "daum.net", "rediffmail.com", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "sfr.fr", "libero.it",
        "virgilio.it", "tiscali.it", "terra.com.br", "uol.com.br", "bol.com.br", "wp.pl", "o2.pl", "onet.pl",
        "interia.pl", "seznam.cz", "abv.bg", "walla.co.il", "walla.com", "comcast.net", "verizon.net", "att.net",
        "sbcglobal.net", "bellsouth.net", "cox.net", "charter.net", "earthlink.net", "btinternet.com", "sky.com",
        "virginmedia.com", "ntlworld.com", "talktalk.net", "bigpond.com", "optusnet.com.au", "shaw.ca", "rogers.com",
        "sympatico.ca", "telia.com", "bluewin.ch", "ziggo.nl", "kpnmail.nl", "skynet.be", "telenet.be",
    }
)  # fmt: skip
"""Domains that give a mailbox to anybody: never a company's domain."""

SHARED_HOSTS = frozenset(
    {
        "linkedin.com", "facebook.com", "instagram.com", "twitter.com", "x.com", "youtube.com", "xing.com",
        "github.com", "linktr.ee", "sites.google.com", "docs.google.com", "business.site", "medium.com",
    }
)  # fmt: skip
"""Hosts where a page belongs to somebody else than the host: with a path they are no company's domain."""

HONORIFICS = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "herr", "frau", "ing", "dipl"}
)

NAME_SUFFIXES = frozenset(
    {"jr", "sr", "ii", "iii", "iv", "phd", "md", "mba", "msc", "bsc", "cpa", "cfa", "pmp", "esq", "pe", "rn", "jd"}
)

NICKNAMES = (
    "abigail abby gail", "albert al bert", "alexander alex alec sasha xander", "alexandra alex sandra sasha lexi",
    "andrew andy drew", "anne ann annie",
    "anthony tony", "antonio tony toni", "barbara barb babs", "benjamin ben benny", "bradley brad",
    "catherine cathy cate kate katie kathy", "charles charlie chuck chas", "christina chris tina chrissy",
    "christine chris tina chrissy", "christopher chris topher kit", "cynthia cindy", "daniel dan danny",
    "david dave davey", "deborah deb debbie debra", "dennis denny", "donald don donny", "dorothy dot dottie",
    "douglas doug", "edward ed eddie ted teddy ned", "elizabeth liz beth betty eliza lizzie betsy libby lisa",
    "emily em emmy", "eugene gene", "frances fran frankie", "francis frank", "francisco paco pancho",
    "franklin frank", "frederick fred freddie", "gabriel gabe", "gerald gerry jerry", "geoffrey geoff jeff",
    "gregory greg", "harold harry hal", "henry harry hank", "isabella isabel bella izzy", "jacob jake",
    "jacqueline jackie", "james jim jimmy jamie", "jeffrey jeff", "jennifer jen jenny", "jessica jess jessie",
    "john johnny jack", "jonathan jon jonny nathan", "joseph joe joey", "jose pepe", "joshua josh",
    "judith judy", "katherine kathy kate katie kat kathie", "kenneth ken kenny", "kimberly kim", "lawrence larry",
    "leonard leo lenny len", "louis lou louie", "margaret maggie meg peggy marge", "matthew matt", "melissa mel missy",
    "michael mike mick mickey micky", "michelle shelly", "mitchell mitch", "nathaniel nathan nate nat", "nathan nate",
    "nicholas nick nicky nico", "olivia liv livvy", "pamela pam", "patricia pat patty trish tricia",
    "patrick pat paddy", "peter pete", "philip phil", "randall randy", "raymond ray", "rebecca becky becca",
    "richard rick rich dick ricky", "robert bob rob bobby robbie bert", "ronald ron ronnie", "rosemary rose rosie",
    "russell russ", "samantha sam", "samuel sam sammy", "sandra sandy", "sarah sally", "stephanie steph",
    "stephen steve", "steven steve", "susan sue susie suzy", "theodore ted teddy theo", "theresa terry tess",
    "thomas tom tommy", "timothy tim timmy", "valerie val", "victoria vicky tori", "vincent vince vinny",
    "walter walt wally", "william bill will billy willy liam", "zachary zach zack",
)  # fmt: skip
"""One group a line of speech: the full name first, then what people call its bearer."""

"""The word lists of the mapping room, each in one place: what is no data, no person's mailbox, no company's domain.

Everything is in lower case. Read by the normalisers, ``identity`` and ``similarity``; nothing here has behaviour.
"""

from __future__ import annotations

PLACEHOLDERS = frozenset(
    {
        "unknown", "n/a", "n.a.", "#n/a", "none", "null", "nan", "undefined", "test", "tbd", "tba", "tbc",
        "blank", "empty", "not provided", "not available", "not applicable", "not specified", "no data",
        "--none--", "-none-", "xxx", "xxxx",
    }
)  # fmt: skip
"""Texts that stand for "no data", from a provider and in a CRM, in small letters. ``na`` is missing on purpose: NA is
Namibia's country code, and Na a surname."""

PLACEHOLDERS_AS_SPELLED = frozenset({"na"})
"""Texts that stand for "no data" in just this spelling: a provider writes no code and no name in small letters."""

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
    "abigail abby gail abbie", "adam ade", "adrian ade", "agnes aggie", "alan al", "albert al bert",
    "aleksandr sasha alex", "aleksei alyosha", "alexander alex alec sasha xander sandy xan",
    "alexandra alex sandra sasha lexi", "alfred alf fred alfie", "alice ali", "allison ali allie", "amanda mandy",
    "amelia millie amy", "andrew andy drew", "angela angie", "anne ann annie", "anthony tony", "antonio tony toni",
    "archibald archie", "arnold arnie", "arthur art", "augustus gus", "barbara barb babs", "benjamin ben benny benji",
    "bernard bernie", "beverly bev", "bradley brad", "bridget biddy", "calvin cal", "cameron cam",
    "caroline carrie caro", "carolyn carrie lyn", "cassandra cass cassie", "catherine cathy cate kate katie kathy",
    "cecilia cece celia", "charles charlie chuck chas", "charlotte charlie lottie", "christina chris tina chrissy",
    "christine chris tina chrissy", "christopher chris topher kit", "clifford cliff", "clinton clint",
    "constance connie", "curtis curt", "cynthia cindy", "daniel dan danny dani", "david dave davey",
    "deborah deb debbie debra", "dennis denny", "dmitry dima", "dominic dom nic", "donald don donny",
    "dorothy dot dottie", "douglas doug", "duncan dunc", "edmund ed eddie ned", "eduardo edu lalo",
    "edward ed eddie ted teddy ned eddy", "edwin ed eddie", "ekaterina katya", "eleanor ellie nell nora",
    "elizabeth liz beth betty eliza lizzie betsy libby lisa lis elsie elise", "ellen nell", "emily em emmy",
    "enrique kike", "ernest ernie", "eugene gene", "evelyn evie", "fernando nando", "florence flo",
    "frances fran frankie", "francis frank", "francisco paco pancho", "franklin frank",
    "frederick fred freddie freddy fritz", "friedrich fritz", "gabriel gabe", "geoffrey geoff jeff",
    "georgina georgie gina", "gerald gerry jerry", "gilbert gil bert", "giovanni gianni vanni",
    "giuseppe beppe peppe pino", "gregory greg gregg", "guillermo memo", "gwendolyn gwen", "harold harry hal",
    "henry harry hank", "herbert herb bert", "howard howie", "hubert bert", "ian iain", "ignacio nacho", "irving irv",
    "isabella isabel bella izzy isa", "jacob jake", "jacqueline jackie", "james jim jimmy jamie jay", "jeffrey jeff",
    "jennifer jen jenny jenn jennie", "jeremy jem jez", "jerome jerry", "jessica jess jessie jessi", "jesus chuy",
    "joanna jo", "joanne jo", "johann hans", "johannes hans hannes", "john johnny jack",
    "jonathan jon jonny nathan johnny", "jose pepe", "josef sepp", "joseph joe joey", "josephine jo josie",
    "joshua josh", "judith judy", "julia jules", "julian jules", "katharina kathi katja",
    "katherine kathy kate katie kat kathie katy kay kitty", "kenneth ken kenny", "kimberly kim",
    "kristen kris kristi", "kristina kris tina", "lawrence larry laurie", "leonard leo lenny len", "leslie les",
    "lillian lily", "louis lou louie", "louise lou", "lucas luke", "lucinda cindy lucy", "luigi gigi",
    "madeline maddie", "manuel manny manolo", "marcus marc mark",
    "margaret maggie meg peggy marge margie margo marjorie greta rita", "marianne mari", "martha marty",
    "martin marty", "marvin marv", "matthew matt matty", "matthias matze matt", "maureen mo", "maximilian max",
    "maxwell max", "melissa mel missy", "mercedes meche", "michael mike mick mickey micky mikey micha",
    "michelle shelly", "mikhail misha", "mitchell mitch", "mohammed mohamed muhammad mohammad mo",
    "muhammed muhammad mohammed mo", "nancy nan", "natalia natasha nat", "natalie nat", "natasha tasha",
    "nathan nate", "nathaniel nathan nate nat nathanael", "nicholas nick nicky nico", "norman norm", "oliver ollie",
    "olivia liv livvy", "oswald oz", "pamela pam", "patricia pat patty trish tricia patsy", "patrick pat paddy",
    "penelope penny", "peter pete", "philip phil pip", "priscilla cilla", "rachel rach", "rafael rafa",
    "randall randy", "raymond ray", "rebecca becky becca bec beck", "reginald reg reggie",
    "richard rick rich dick ricky richie", "robert bob rob bobby robbie bert robby", "roberto beto rob", "rodney rod",
    "roger rodge", "roland rollie", "ronald ron ronnie ronny", "rosemary rose rosie", "rudolf rudi", "russell russ",
    "salvatore sal", "samantha sam", "samuel sam sammy", "sandra sandy", "santiago santi", "sarah sally",
    "sebastian seb bas basti", "sergei sergey serge", "shirley shirl", "sidney sid", "sophia sophie", "stanley stan",
    "stephanie steph stephie stefi steffi", "stephen steve stevie", "steven steve stevie", "stuart stu",
    "susan sue susie suzy susi suzie", "suzanne sue suzie", "terence terry", "thaddeus tad",
    "theodore ted teddy theo", "theresa terry tess tessa terri", "thomas tom tommy", "timothy tim timmy",
    "tobias toby tobi", "ulrich uli", "valerie val", "vanessa nessa", "veronica ronnie",
    "victoria vicky tori vic vicki tory", "vincent vince vinny", "virginia ginny", "vladimir vova vlad",
    "wallace wally", "walter walt wally", "wilfred will fred", "william bill will billy willy liam wills",
    "winston win", "yevgeny evgeny zhenya", "zachary zach zack zac",
)  # fmt: skip
"""One group a line of speech: the full name first, then what people call its bearer."""

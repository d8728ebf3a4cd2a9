"""Saved answers made small: raw DEFLATE (RFC 1951) that begins with a dictionary of what every profile repeats.

A profile is told twice (in our names, and in the vendor's own words), and nearly all of it is names of attributes:
packed alone it is a third, with the dictionary a seventh. What was packed with a dictionary is unpacked with the same
one for ever: a better one is a new entry of ``_DICTIONARIES``, whose number is the first byte of what it packs. To read
it elsewhere: ``zlib.decompressobj(-15, dictionary).decompress(body[1:])``.
"""

from __future__ import annotations

import zlib

_LEVEL = 6
_MEMORY = 7  # a body is small: with zlib's usual 8 most of the time went into clearing memory that it never used
_RAW = -zlib.MAX_WBITS  # no header and no checksum: the database has the length
_FIRST = (
    '"intent":{"topics":[{"topic":"","score":"","trend":"Increasing"}]},"funding":{"rounds":[{"amount":,"currency":'
    '"USD","round_date":"2024-","round_type":"Series A"}]},"technologies":[{"name":"","category":""}],"specialties"'
    ':[],"sic":"","naics":"","revenue_range":{"min":,"max":},"employee_count":{"exact":,"min":51,"max":200},"founde'
    'd":"19","description":"","type":"Privately Held","industry":"Software Development","sub_industry":"","logo_url'
    '":"https://","crunchbase":"https://www.crunchbase.com/organization/","facebook":"https://www.facebook.com/","x'
    '":"https://x.com/","linkedin":"https://www.linkedin.com/company/","emailType":"work","phoneType":"mobile","isE'
    'uContact":true,"is_eu":true,"state":"California","stateCode":"CA","state_code":"NY","zip_code":"","zipCode":""'
    ',"rawLocation":"","previous_job":{"company":{"name":"","domain":""},"title":"","seniority":"Manager","departme'
    'nts":["Sales"]},"tags":[{"name":""}],"departments":["Engineering & Technical","Marketing","Finance","Human Res'
    'ources","Operations","Information Technology","Legal","Product","Customer Service","Business Development","Gen'
    'eral Management","Consulting","Research & Analytics","Health Care & Medical","Education","Other"],"seniority":'
    '"C-Suite","Founder","Partner","Vice President","Director","Manager","Senior","Entry","Intern","title":"Chief E'
    "xecutive Officer, Head of Software Engineer Account Executive Project Lead Analyst Support Product Research Sa"
    'les Marketing Operations Finance "country":"United States","country_iso2":"US","continent":"North America","Un'
    'ited Kingdom","GB","Europe","Germany","DE","France","FR","Ireland","IE","Canada","CA","Australia","AU","Oceani'
    'a","India","IN","Asia","Israel","IL","Spain","ES","Netherlands","NL","Brazil","BR","South America","Africa","c'
    'ity":"New York","London","San Francisco","Dublin","Berlin","Paris","type":"direct","type":"landline","type":"p'
    'ersonal","confidence":"A+","confidence":"B","do_not_call":true,"doNotCall":true,"error":{"code":"","message":"'
    '"},"offers":{"emails":1,"phones":5},"revealed":[]}{"attributes":{"company":{"domain":".com","id":"1","industry'
    '":"","name":""},"emails":[{"confidence":"A","email":"@.com","type":"work","update_date":"2026-0"}],"first_name'
    '":"","full_name":"","id":"1","job_title":{"departments":["Other"],"seniority":"Director","title":""},"last_nam'
    'e":"","location":{"city":"","continent":"Europe","country":"","country_iso2":""},"phones":[{"do_not_call":fals'
    'e,"number":"+1","type":"mobile","update_date":"2026-0"},{"do_not_call":false,"number":"+1","type":"direct","up'
    'date_date":"2025-"}],"social":{"linkedin":"https://www.linkedin.com/in/"},"update_date":"2026-0"},"entity":"co'
    'mpany","entity":"person","id":"1","offers":null,"offers":{},"raw":{"canReveal":[{"credits":1,"field":"emails"}'
    ',{"credits":5,"field":"phones"}],"clientReferenceId":"1","company":{"domain":".com","id":"1","name":""},"email'
    's":[{"confidence":"A","email":"@.com","type":"work","updateDate":"2026-0"}],"firstName":"","fullName":"","has"'
    ':["firstName","lastName","jobTitle","location","socialLinks","emails","phones"],"id":"1","jobTitle":{"departme'
    'nts":["Other"],"seniority":"Director","title":""},"lastName":"","location":{"city":"","continent":"Europe","co'
    'untry":"","countryIso2":""},"phones":[{"doNotCall":false,"number":"+1","type":"mobile","updateDate":"2026-0"},'
    '{"doNotCall":false,"number":"+1","type":"direct","updateDate":"2025-"}],"previousEmployment":[],"socialLinks":'
    '{"linkedin":"https://www.linkedin.com/in/"},"updateDate":"2026-0"},"revealed":["emails","phones","profile"]}'
)
_DICTIONARIES = {1: _FIRST.encode()}
_NEWEST = 1


def packed(text: str) -> bytes:
    """The text, small."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW, _MEMORY, zdict=_DICTIONARIES[_NEWEST])
    return bytes([_NEWEST]) + packer.compress(text.encode()) + packer.flush()


def unpacked(body: bytes) -> str:
    """The text that ``packed`` made small, with whichever dictionary."""
    return zlib.decompressobj(_RAW, zdict=_DICTIONARIES[body[0]]).decompress(body[1:]).decode()

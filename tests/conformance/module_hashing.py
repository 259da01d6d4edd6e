# Hashes, HMACs, derived keys: values, names, ranges and messages.
import hashlib, hmac, re, threading
import _blake2, _hashlib, _hmac, _md5, _sha1, _sha2, _sha3

def t(expression):
    try:
        shown = repr(eval(expression))
    except BaseException as error:
        shown = f"{type(error).__name__} {error}"
    print(expression, "->", re.sub("0x[0-9a-f]+", "0x", shown))

for line in """
hashlib.sha256()
hashlib.blake2b()
_md5.md5()
_md5.MD5Type()
_sha2.sha256('a')
_sha2.sha256(1)
_sha2.sha256(b'',b'')
hashlib.new('foo')
hashlib.new(1)
_hashlib.new('foo')
_hashlib.new(1)
_hashlib.new(hashlib.sha256)
_hashlib.new('SHA3-256').name
_hashlib.new('sha512_256').hexdigest()
_hashlib.new('sha512-256').name
_hashlib.new('blake2b512').name
_hashlib.new('shake128').name
_hashlib.new('shake_128').digest()
_hashlib.new('shake_128').digest(-1)
_hashlib.new('shake_128').digest_size
_hashlib.new('shake_128').digest(0)
_hashlib.new('shake_128').hexdigest(3)
_hashlib.new('shake_128').copy().hexdigest(3)
isinstance(_hashlib.new('shake_128'), _hashlib.HASH), type(_hashlib.new('shake_128')).__mro__
_sha3.shake_128().digest(2**29)
_sha3.shake_128().digest(-1)
_sha3.shake_128()._rate_bits
_sha3.shake_128()._capacity_bits
_sha3.shake_128()._suffix
_sha3.sha3_256()
_sha3.sha3_256(1)
_sha3.shake_128().digest(2**70)
_sha3.shake_128().digest('a')
_sha3.shake_256(foo=1)
_blake2.blake2b(digest_size=65)
_blake2.blake2b(key=b'a'*65)
_blake2.blake2b(salt=b'a'*17)
_blake2.blake2s(digest_size=0)
_blake2.blake2b(fanout=256)
_blake2.blake2b(depth=0)
_blake2.blake2b(leaf_size=-1)
_blake2.blake2b(leaf_size=2**32)
_blake2.blake2b(leaf_size=2**70)
_blake2.blake2b(node_offset=-1)
_blake2.blake2b(node_offset=2**64)
_blake2.blake2s(node_offset=2**48)
_blake2.blake2b(inner_size=65)
_blake2.blake2b(fanout=2**40)
_blake2.blake2b(foo=1)
_blake2.blake2b(data=b'',string=b'')
_blake2.blake2b(b'',key='a')
_blake2.blake2b(b'abc',key=b'a',salt=b's',person=b'p',fanout=2,depth=3,leaf_size=4,node_offset=5,node_depth=6,inner_size=7,last_node=True,digest_size=20).hexdigest()
_blake2.blake2s(b'abc',key=b'a',salt=b's',person=b'p',fanout=2,depth=3,leaf_size=4,node_offset=5,node_depth=6,inner_size=7,last_node=True,digest_size=20).hexdigest()
_blake2.blake2b.MAX_DIGEST_SIZE, _blake2.blake2s.SALT_SIZE, _blake2.BLAKE2B_PERSON_SIZE
hashlib.pbkdf2_hmac('sha1',b'p',b's',0)
hashlib.pbkdf2_hmac('sha1',b'p',b's',1,0)
hashlib.pbkdf2_hmac('foo',b'p',b's',1)
hashlib.pbkdf2_hmac('shake_128',b'p',b's',1,4)
hashlib.pbkdf2_hmac(b'sha1',b'p',b's',1)
hashlib.pbkdf2_hmac('sha1','p',b's',1)
hashlib.pbkdf2_hmac('sha1',b'p',b's',1,2**40)
hashlib.pbkdf2_hmac('sha3_256',b'p'*200,b's',3,100).hex()
hashlib.pbkdf2_hmac('blake2b',b'p'*200,b's',3,100).hex()
hashlib.scrypt(b'p')
hashlib.scrypt(b'p',salt=b's',n=3,r=8,p=1)
hashlib.scrypt(b'p',salt=b's',n=2,r=0,p=1)
hashlib.scrypt(b'p',salt=b's',n=2**20,r=8,p=1)
hashlib.scrypt(b'p',salt=b's',n=2,r=2**31,p=2**31)
hashlib.scrypt(b'p',salt=b's',n=2**16,r=1,p=1)
hashlib.scrypt(b'p',salt=b's',n=2,r=8,p=1,maxmem=-1)
hashlib.scrypt(b'p',salt=b's',n=2,r=8,p=1,dklen=0)
hashlib.scrypt(b'p',salt=b's',n=16,r=8,p=1,dklen=70).hex()
hashlib.scrypt(b'p',salt=None,n=2,r=8,p=1)
hashlib.scrypt(b'p',salt=b's',n=None,r=8,p=1)
hashlib.scrypt(b'p',salt=b's',n=2,r=8)
hmac.compare_digest('a','a')
hmac.compare_digest('a',b'a')
hmac.compare_digest(1,2)
hmac.new(b'k',b'm','sha256')._hmac
hmac.new(b'k',b'm','foo')
hmac.new(b'k',b'm',hashlib.sha256).hexdigest()
hmac.new(b'k'*300,b'm',hashlib.sha256).hexdigest()
hmac.digest(b'k',b'm','foo')
hmac.digest(b'k',b'm','sha256')
hmac.digest(b'k',b'm','shake_128')
_hashlib.hmac_digest(b'k',b'm','foo')
_hashlib.hmac_digest(b'k',b'm',1)
_hashlib.hmac_new(b'k')
_hashlib.hmac_new('k',b'm','sha256')
_hashlib.hmac_new(b'k','m','sha256')
_hashlib.hmac_new(b'k',None,'sha256')
_hashlib.hmac_digest(b'k','m','sha256')
_hashlib.HASH()
_hashlib.HMAC()
_hmac.HMAC()
_hmac.new(b'k',b'm','foo')
_hmac.new(b'k',b'm')
_hmac.new(b'k',b'm',hashlib.sha256)
_hmac.new('k',b'm','sha256')
_hmac.new(b'k',b'm','SHA3_256').name
_hmac.new(b'k',b'm','SHA3-256').name
_hmac.new(b'k',b'm','sha512_256').name
_hmac.compute_digest(b'k',b'm','md5')
_hmac.compute_digest('k',b'm','md5')
_hmac.compute_md5(b'k')
_hmac.compute_blake2s_32(b'k',b'm')
_hmac.UnknownHashError.__mro__
_hashlib.UnsupportedDigestmodError.__mro__
[hashlib.new(n).hexdigest() for n in sorted(hashlib.algorithms_guaranteed) if 'shake' not in n]
_md5.md5.__text_signature__, _md5.MD5Type.update.__text_signature__, _md5.MD5Type.__doc__, _sha3.shake_128.digest.__text_signature__
""".strip().splitlines():
    t(line)

# Pieces of any size give what the whole gives, also where the GIL is released.
data = bytes(range(256)) * 40
for name in sorted(hashlib.algorithms_guaranteed):
    size = (20,) if name.startswith("shake") else ()
    whole = hashlib.new(name, data).digest(*size)
    for step in (1, 63, 64, 129, 3000):
        pieces = hashlib.new(name)
        for start in range(0, len(data) if step > 1 else 300, step):
            pieces.update(memoryview(data)[start:start + step])
        if step > 1:
            assert pieces.digest(*size) == whole, (name, step)
    copy = pieces.copy()
    copy.update(b"more")
    assert pieces.digest(*size) == whole != copy.digest(*size)

shared = hashlib.sha256()
threads = [threading.Thread(target=lambda: [shared.update(b"a" * 5000) for _ in range(20)]) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(shared.hexdigest() == hashlib.sha256(b"a" * 5000 * 80).hexdigest())

total = 0
for i in range(300):
    total += hashlib.md5(b"%d" % i).digest()[0] + hmac.digest(b"key", b"%d" % i, "sha1")[0]
print(total)
# modes: native

import posix
import time

posix.putenv("TZ", "UTC")
time.tzset()


def t(f, *a, **k):
    try:
        print(f.__name__, a, k, "->", repr(f(*a, **k))[:170])
    except BaseException as e:
        print(f.__name__, a, k, type(e).__name__, e)


for v in (-1,'a',None,float('nan'),1e100,1<<70,-1e100,9.3e9,1<<33, 9223372036,9223372037): 
    if v in (1<<33,9223372036): continue
    t(time.sleep,v)
for v in (0,1.9,-1,-1.5,'a',float('nan'),1e100,1<<70,1<<60,True,1e11, 253402300800):
    t(time.gmtime,v)
    if v!=0: t(time.ctime,v)
g=time.gmtime(86400*59)
print(g, g.tm_zone, g.tm_gmtoff)
t(time.asctime,g); t(time.asctime,(1,2,3)); t(time.asctime,3); t(time.asctime,(1900,13,1,0,0,0,0,1,0)); t(time.asctime,(1900,0,0,0,0,0,0,0,0)); t(time.asctime,(12345,1,1,0,0,0,0,1,0)); t(time.asctime,(-5,1,1,0,0,0,0,1,0)); t(time.asctime,tuple('a'*9)); t(time.asctime,(1<<33,1,1,0,0,0,0,1,0)); t(time.asctime,[1]*9)
for x in [(1900,1,32,0,0,0,0,1,0),(1900,1,1,24,0,0,0,1,0),(1900,1,1,0,60,0,0,1,0),(1900,1,1,0,0,62,0,1,0),(1900,1,1,0,0,0,-2,1,0),(1900,1,1,0,0,0,0,367,0),(1900,1,1,0,0,0,8,1,0),(1900,-1,1,0,0,0,0,1,0),(1900,1,1,0,0,0,0,1,5),(1900,1,1,0,0,0,0,1,-5), (1900,1,1,-1,0,0,0,1,-5),(1900,1,1,0,-1,0,0,1,-5),(1900,1,1,0,0,-1,0,1,-5), (1900,1,-1,0,0,0,0,1,-5),(1900,1,1,0,0,0,0,-1,-5)]:
    t(time.strftime,'%Y %m %d %H %M %S %j %w',x)
for f in ('%Y','%a %A %b %B %c %d %H %I %j %m %M %p %S %U %w %W %x %X %y %Y %Z %z %%','%e %D %F %T %R %C %G %V %u %h %n%t %r %P %s','', 'x\0y%Y','é%Y€','\ud800%Y','%','%Q','%5Y','%-d', 'a'*300):
    t(time.strftime,f,g)
t(time.strftime,3); t(time.strftime,'%Y',3);t(time.strftime,b'%Y')
t(time.mktime,g); t(time.mktime,3); t(time.mktime,(1,2)); t(time.mktime,(1<<31,1,1,0,0,0,0,0,0)); t(time.mktime,(-1<<31,1,1,0,0,0,0,0,0)); t(time.mktime,(1970,1,1,0,0,0,0,0,-1));t(time.mktime,(1969,12,31,23,59,59,0,0,-1))
t(time.clock_getres,99); t(time.clock_gettime,99); t(time.clock_gettime,'a'); t(time.clock_settime,99,1); t(time.clock_settime_ns,99,'a'); t(time.clock_settime,99,'a');t(time.clock_gettime,1<<40)
t(time.localtime,0); t(time.ctime,0);t(time.tzset)
posix.putenv('TZ','EST+05EDT,M4.1.0,M10.5.0'); time.tzset(); print(time.tzname,time.timezone,time.altzone,time.daylight, time.localtime(0), time.localtime(0).tm_zone,time.localtime(0).tm_gmtoff,time.localtime(1.5e9), time.localtime(1.5e9).tm_zone, time.strftime('%Z %z',time.localtime(0)), time.strftime('%Z %z', tuple(time.localtime(1.5e9))), time.mktime(time.localtime(1.5e9)))
posix.putenv('TZ','AEST-10AEDT-11,M10.5.0,M3.5.0'); time.tzset(); print(time.tzname,time.timezone,time.altzone,time.daylight, time.localtime(0))
print([n for n in dir(time) if n.startswith('CLOCK')], time.strftime('%Y') == str(time.gmtime().tm_year))

# Clocks
for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
    clock, whole = getattr(time, name), getattr(time, name + "_ns")
    before, number, after = clock(), whole(), clock()
    print(name, type(before).__name__, type(number).__name__, before <= after, before - 1e-6 <= number / 1e9 <= after + 1e-6)
before = time.monotonic()
time.sleep(0.02)
time.sleep(0)
time.sleep(True - 1)
print(0.019 < time.monotonic() - before < 5, time.clock_gettime(time.CLOCK_MONOTONIC) >= before, time.clock_getres(time.CLOCK_REALTIME) > 0)
items = time.struct_time(range(11))
print(items.tm_zone, items.tm_gmtoff, len(items), items.__reduce__(), items[8:], items == tuple(range(9)), items.n_fields)
print([time.strftime("%Y|%G|%C|%F|%y", (year, 1, 1, 0, 0, 0, 0, 1, 0)) for year in (1, 99, 999, 1000, 12345)])
total = 0
for i in range(2000):
    fields = time.gmtime(i * 86399)
    total += fields.tm_sec + fields[5] + len(time.asctime(fields)) + int(time.strftime("%S", fields)) + (time.time() > 0)
print(total)

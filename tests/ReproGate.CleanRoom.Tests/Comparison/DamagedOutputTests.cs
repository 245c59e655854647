using System.Diagnostics;
using System.Text;
using CsCheck;
using ReproGate.CleanRoom.Comparison;
using ReproGate.CleanRoom.Comparison.Contents;

namespace ReproGate.CleanRoom.Tests.Comparison;

public sealed class DamagedOutputTests
{
    // In CI; a hundred thousand, and more, by REPROGATE_SAMPLES.
    private static readonly int Samples = int.TryParse(Environment.GetEnvironmentVariable("REPROGATE_SAMPLES"), out int samples) ? samples : 10_000;
    private static readonly (string Name, byte[] Left, byte[] Right)[] Seeds = MakeSeeds();

    [Fact]
    public void Damaged_outputs_neither_crash_nor_hang()
    {
        var options = new ComparisonOptions { MaximumUnpackedBytes = 4 << 20 };
        CanaryPatterns patterns = CanaryPatterns.Of([new Canary("user name", "somebody-else"), new Canary("build path", "/src/Clock")]);
        var clock = Stopwatch.StartNew();
        long compared = 0;
        long unread = 0;
        TimeSpan longest = TimeSpan.Zero;
        Gen<(int, int, byte)[]> edits = Gen.Select(Gen.Int[0, 3], Gen.Int[0, int.MaxValue - 1], Gen.Byte).Array[1, 8];
        Gen.Select(edits, Gen.Int[0, Seeds.Length - 1], Gen.Bool).Sample(
            sample =>
            {
                ((int, int, byte)[] changes, int seed, bool cut) = sample;
                (string name, byte[] left, byte[] original) = Seeds[seed];
                byte[] right = (byte[])original.Clone();
                foreach ((int kind, int place, byte value) in changes)
                {
                    int index = place % right.Length;
                    right[index] = kind switch { 0 => value, 1 => (byte)(right[index] ^ (1 << (value & 7))), 2 => 0xFF, _ => right[(index + value) % right.Length] };
                }

                if (cut && changes[0].Item1 == 0)
                {
                    Array.Resize(ref right, changes[0].Item2 % right.Length);
                }

                TimeSpan start = clock.Elapsed;
                var differ = new Differ(options, CancellationToken.None);
                Verdict verdict = differ.Compare(name, name, left, right, 0);
                if (Interlocked.Increment(ref compared) % 4 == 0)
                {
                    new CanaryReader(name, patterns, 50, CancellationToken.None).Read(right, []);
                }

                TimeSpan took = clock.Elapsed - start;
                lock (clock)
                {
                    longest = took > longest ? took : longest;
                }

                bool equal = left.AsSpan().SequenceEqual(right);
                if (differ.Parts(name).Any(static part => part.Kind == PartKinds.NotTested))
                {
                    Interlocked.Increment(ref unread);
                }

                // Never equal where bytes differ, and never a difference without a part that says something.
                return equal == (verdict == Verdict.Equal) && (equal || !differ.Parts(name).IsEmpty);
            },
            iter: Samples);

        Assert.True(compared >= Samples);
        Assert.InRange(unread, Samples / 100, compared);
        Assert.True(longest < TimeSpan.FromMinutes(2), longest.ToString());
    }

    [Fact]
    public void A_signature_of_a_million_arrays_is_no_stack_overflow()
    {
        // A type specification of nothing but SZARRAY: 0x1D a million times, put where a signature was.
        byte[] image = CompiledPair.Compile("class C { static readonly string Long = \"" + new string('x', 40_000) + "\"; int[] F = new int[1]; }").Image;
        int text = image.AsSpan().IndexOf(Encoding.Unicode.GetBytes("xxxxxxxx"));
        image.AsSpan(text, 80_000).Fill(0x1D);

        OutputDifference difference = TwoTrees.Compare("Shop.dll", CompiledPair.Compile("class C { }").Image, image)!;

        Assert.Equal(Grade.Different, difference.Grade);
    }

    [Fact]
    public void A_resource_file_that_announces_two_thousand_million_entries_is_refused()
    {
        byte[] resources = Resources("x");
        byte[] hostile = (byte[])resources.Clone();
        int skip = BitConverter.ToInt32(hostile, 8);
        BitConverter.TryWriteBytes(hostile.AsSpan(12 + skip + 4), int.MaxValue);

        OutputDifference difference = TwoTrees.Compare("a.resources", resources, hostile)!;

        Assert.Contains(difference.Parts, static part => part.Kind == PartKinds.NotTested);
    }

    private static (string Name, byte[] Left, byte[] Right)[] MakeSeeds()
    {
        var day = new DateTimeOffset(2024, 5, 1, 0, 0, 0, TimeSpan.Zero);
        (byte[] image, byte[] symbols) = CompiledPair.Compile("class C { int M(int x) { switch (x) { case 1: return 2; case 2: return 3; case 3: return 9; } return 4; } }");
        (byte[] otherImage, byte[] otherSymbols) = CompiledPair.Compile("class C { int M(int x) { switch (x) { case 1: return 2; case 2: return 3; case 3: return 8; } return 4; } }");
        byte[] embedded = CompiledPair.Compile("class C { }", embedded: true).Image;
        return
        [
            ("a.dll", image, otherImage),
            ("e.dll", embedded, embedded),
            ("a.pdb", symbols, otherSymbols),
            ("a.zip", ArchiveDifferenceTests.Zip(day, ("x.txt", "xyz"), ("y.json", "{}")), ArchiveDifferenceTests.Zip(day, ("x.txt", "xyz"), ("y.json", "{}"))),
            ("a.txt.gz", ArchiveDifferenceTests.GZip("some text"u8.ToArray()), ArchiveDifferenceTests.GZip("some text"u8.ToArray())),
            ("a.tar", ArchiveDifferenceTests.Tar(day, 0, ("x.txt", "xyz")), ArchiveDifferenceTests.Tar(day, 0, ("x.txt", "xyz"))),
            ("a.json", "{\"a\":[1,2,{\"b\":\"c\"}],\"d\":null}"u8.ToArray(), "{\"a\":[1,2,{\"b\":\"c\"}],\"d\":null}"u8.ToArray()),
            ("a.xml", "<doc><member name='a'><summary>x</summary></member></doc>"u8.ToArray(), "<doc><member name='a'><summary>x</summary></member></doc>"u8.ToArray()),
            ("a.resources", Resources("x"), Resources("y")),
            ("a.br", [0x8b, 0x02, 0x80, 0x74, 0x65, 0x73, 0x74, 0x6d, 0x65, 0x03], [0x8b, 0x02, 0x80, 0x74, 0x65, 0x73, 0x74, 0x6d, 0x65, 0x03]),
            ("app", SingleFileBundleTests.Bundle(("a.json", "{}"u8.ToArray()), ("b.txt", "b"u8.ToArray())), SingleFileBundleTests.Bundle(("a.json", "{}"u8.ToArray()), ("b.txt", "b"u8.ToArray()))),
        ];
    }

    private static byte[] Resources(string text)
    {
        var stream = new MemoryStream();
        using var writer = new System.Resources.ResourceWriter(stream);
        writer.AddResource("Made", text);
        writer.Generate();
        return stream.ToArray();
    }
}

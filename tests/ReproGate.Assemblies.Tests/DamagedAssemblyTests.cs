using System.Diagnostics;
using CsCheck;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Emit;
using ReproGate.Facts;

namespace ReproGate.Assemblies.Tests;

public sealed class DamagedAssemblyTests
{
    private const string Code = """
        using System; using System.Linq; using System.Threading.Tasks; using System.Collections.Generic;
        [Far.Mark(typeof(Far.Thing), Far.Colour.Red, Text = "t")]
        class C<T> : Near.IDerived where T : Far.Thing
        {
            Far.Thing? f; Dictionary<string, Far.Thing[]> map = new();
            public Far.Point P { get; set; }
            public void Run() { try { f = Far.Thing.Make(); f.Do(); } catch (Far.Exotic) { Near.Api.Add<Far.Thing>(); } }
            async Task<int> A(int x) { await Task.Yield(); switch (x) { case 1: return 2; case 2: return 3; case 3: return 9; case 4: return 11; } return map.Values.Select(v => v.Length).Sum(); }
            string S => "Far.Thing, Far";
        }
        """;

    private static readonly Compiled Sound = Compiled.Compile("App", Code, [Compiled.FarImage, Compiled.NearImage], OptimizationLevel.Release);
    private static readonly Compiled Embedded = Compiled.Compile("App", Code, [Compiled.FarImage, Compiled.NearImage], OptimizationLevel.Release, DebugInformationFormat.Embedded);

    [Fact]
    public void An_embedded_pdb_gives_the_same_places()
    {
        AssemblyFacts facts = Embedded.Read();

        Assert.Equal(SymbolState.Found, facts.Symbols);
        Assert.Equal(Compiled.UsesOfFar(Sound.Read()), Compiled.UsesOfFar(facts));
    }

    [Fact]
    public void A_missing_pdb_leaves_the_uses_without_places()
    {
        using var assembly = new MemoryStream(Sound.Image);
        AssemblyFacts facts = AssemblyFactsReader.Read(assembly, symbols: null);

        Assert.Equal(SymbolState.Missing, facts.Symbols);
        Assert.Contains("Called Far.Thing.Make@-1", Compiled.UsesOfFar(facts));
    }

    [Fact]
    public void A_pdb_of_another_build_is_not_used()
    {
        Compiled other = Compiled.Compile("App", "class D { void M() { } }", []);
        using var assembly = new MemoryStream(Sound.Image);
        using var symbols = new MemoryStream(other.Symbols!);
        AssemblyFacts facts = AssemblyFactsReader.Read(assembly, symbols);

        Assert.Equal(SymbolState.Mismatched, facts.Symbols);
        Assert.DoesNotContain(facts.References.SelectMany(static r => r.Types).SelectMany(static t => t.Uses), static use => use.Location is not null);
    }

    [Fact]
    public void A_pdb_that_is_no_portable_pdb_is_said_and_the_assembly_read()
    {
        using var assembly = new MemoryStream(Sound.Image);
        using var symbols = new MemoryStream("Microsoft C/C++ MSF 7.00\r\n\u001aDS\0\0\0"u8.ToArray());
        AssemblyFacts facts = AssemblyFactsReader.Read(assembly, symbols);

        Assert.Equal(SymbolState.Unreadable, facts.Symbols);
        Assert.Contains("Its PDB could not be read", Assert.Single(facts.Unread), StringComparison.Ordinal);
        Assert.NotEmpty(Compiled.UsesOfFar(facts));
    }

    [Theory]
    [InlineData("")]
    [InlineData("MZ")]
    [InlineData("not an assembly at all, only text")]
    public void A_foreign_file_is_refused_with_its_reason(string content)
    {
        using var assembly = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content));
        Assert.Throws<UnreadableAssemblyException>(() => AssemblyFactsReader.Read(assembly, symbols: null));
    }

    [Fact]
    public void A_damaged_method_is_noted_and_the_others_are_read()
    {
        byte[] image = (byte[])Sound.Image.Clone();
        // Far.Thing.Make's call is preceded by ldarg.0 (02) and call (28): turn the call into an instruction that does not exist.
        int index = Enumerable.Range(0, image.Length - 6).First(i => image[i] == 0x02 && image[i + 1] == 0x28 && image[i + 5] == 0x0A && image[i + 6] == 0x7D);
        image[index + 1] = 0x24;
        using var assembly = new MemoryStream(image);
        AssemblyFacts facts = AssemblyFactsReader.Read(assembly, symbols: null);

        Assert.Contains("unknown instruction", Assert.Single(facts.Unread), StringComparison.Ordinal);
        Assert.Contains("Attribute Far.MarkAttribute@-1", Compiled.UsesOfFar(facts));
    }

    [Fact]
    public void A_hundred_thousand_damaged_assemblies_neither_crash_nor_hang()
    {
        byte[][] images = [Sound.Image, Embedded.Image];
        var clock = Stopwatch.StartNew();
        TimeSpan longest = TimeSpan.Zero;
        int read = 0;
        Gen<(int, int, byte)[]> edits = Gen.Select(Gen.Int[0, 3], Gen.Int[0, int.MaxValue - 1], Gen.Byte).Array[1, 8];
        Gen.Select(edits, Gen.Int[0, 3], Gen.Bool).Sample(
            sample =>
            {
                ((int, int, byte)[] changes, int target, bool cut) = sample;
                byte[] image = (byte[])images[target & 1].Clone();
                byte[] symbols = (byte[])Sound.Symbols!.Clone();
                foreach ((int kind, int place, byte value) in changes)
                {
                    byte[] bytes = target == 2 ? symbols : image;
                    int index = place % bytes.Length;
                    bytes[index] = kind switch { 0 => value, 1 => (byte)(bytes[index] ^ (1 << (value & 7))), 2 => 0xFF, _ => bytes[(index + value) % bytes.Length] };
                }

                if (cut && changes[0].Item1 == 0)
                {
                    Array.Resize(ref image, changes[0].Item2 % image.Length);
                }

                TimeSpan start = clock.Elapsed;
                try
                {
                    using var assembly = new MemoryStream(image);
                    using var pdb = new MemoryStream(symbols);
                    AssemblyFacts facts = AssemblyFactsReader.Read(assembly, pdb);
                    using var json = new MemoryStream();
                    AssemblyFactsJson.Write(json, facts);
                    read++;
                }
                catch (UnreadableAssemblyException)
                {
                    // The answer for an assembly of which nothing can be said.
                }

                TimeSpan took = clock.Elapsed - start;
                longest = took > longest ? took : longest;
                return true;
            },
            iter: 100_000,
            threads: 1);
        Assert.True(read > 10_000, $"only {read} mutants were readable");
        // Microseconds each on an idle machine; the bound is for hangs and must hold on a crowded one.
        Assert.True(longest < TimeSpan.FromMinutes(2), $"one took {longest}");
    }
}

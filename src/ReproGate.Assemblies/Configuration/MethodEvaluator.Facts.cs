using System.Collections.Immutable;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <content>What is told of a method in the end: what linking can have use of.</content>
internal sealed partial class MethodEvaluator
{
    private readonly Relevance _relevance = new();
    private readonly List<CodeSite> _sites = [];
    private readonly List<CodeBranch> _tests = [];
    private readonly List<CodeStore> _stores = [];
    private readonly List<ChoiceValue> _told = [];
    private readonly List<string> _owners = [];
    private readonly HashSet<CodeMethodReference> _onceDelegates = [];
    private readonly HashSet<string> _onceTypes = new(StringComparer.Ordinal);
    private readonly List<(int, bool)> _guards = [];
    private (int At, int Count) _lastConditions;
    private ImmutableArray<(int, bool)> _lastGuards;

    private CodeMethod Result(DeclaredMethod declared)
    {
        Relevance relevance = _relevance;
        relevance.Begin(_self);
        List<CodeBranch> branches = _tests;
        List<CodeSite> sites = _sites;
        _lastConditions = (0, -1);
        ReadOnlySpan<int> order = _notes.InOrder();
        if (_hasConditions)
        {
            AddBranches(order, branches);
        }

        foreach (int number in order)
        {
            ref InstructionNote note = ref _notes.Numbered(number);
            if (note.Kind == NoteKind.Call)
            {
                CodeSite site = note.Call!.Site;
                if (relevance.Matters(site, note.Callee.Relevance))
                {
                    (site.Place, site.Generated) = _points.PlaceAt(note.Offset);
                    site.Guards = branches.Count == 0 ? [] : Told(note.Conditions);
                    sites.Add(site);
                }
            }
            else if (note.Kind == NoteKind.Store && note.Value is not UnknownValue)
            {
                _stores.Add(new CodeStore(note.Field, note.Value, _points.PlaceAt(note.Offset).Place));
            }
        }

        foreach (ChoiceValue merge in _join.Choices)
        {
            if (relevance.Matters(merge))
            {
                _told.Add(merge);
            }
        }

        foreach (string owner in _statics)
        {
            if (owner != "System.String" && owner != _self.TypeDefinition)
            {
                _owners.Add(owner);
            }
        }

        _owners.Sort(StringComparer.Ordinal);
        return Written(declared);
    }

    private CodeMethod Written(DeclaredMethod declared) =>
        declared.WithBody(bodies.Write(_parameterNames.Of(_handle, _self.Parameters.Length), _sites, _stores, _returns, _tests, _told, Once(_delegates, _onceDelegates), Once(_types, _onceTypes), _owners));

    private void AddBranches(ReadOnlySpan<int> order, List<CodeBranch> branches)
    {
        foreach (int number in order)
        {
            ref InstructionNote note = ref _notes.Numbered(number);
            if (note.Kind == NoteKind.Branch && _relevance.Matters(note.Value))
            {
                branches.Add(new CodeBranch(note.Value, _flow.Blocks[note.WhenTrue].Throws, _flow.Blocks[note.WhenFalse].Throws));
                note.Number = branches.Count;
            }
        }
    }

    // Most methods name none, and few one twice.
    private static List<T> Once<T>(List<T> all, HashSet<T> seen)
    {
        if (all.Count > 1)
        {
            RemoveSecond(all, seen);
        }

        return all;
    }

    // By itself, because the object that its lambda captures into is made where the method begins.
    private static void RemoveSecond<T>(List<T> all, HashSet<T> seen)
    {
        seen.Clear();
        all.RemoveAll(item => !seen.Add(item));
    }

    // Most branches test nothing of the configuration, and many sites have none that does.
    private ImmutableArray<(int, bool)> Told((int At, int Count) conditions)
    {
        // Calls of one block have the same.
        if (conditions == _lastConditions)
        {
            return _lastGuards;
        }

        _lastConditions = conditions;
        _guards.Clear();
        foreach ((int Branch, bool When) guard in _conditions.AsSpan(conditions.At, conditions.Count))
        {
            ref InstructionNote note = ref _notes.Known(guard.Branch);
            if (note.Number > 0 && !_flow.Blocks[guard.When ? note.WhenFalse : note.WhenTrue].Throws)
            {
                _guards.Add((note.Number - 1, guard.When));
            }
        }

        return _lastGuards = _guards.Count == 0 ? [] : [.. _guards];
    }
}

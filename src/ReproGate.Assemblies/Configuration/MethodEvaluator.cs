using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using ReproGate.Assemblies.Reading;
using ReproGate.Facts.Configuration.Code;
using static ReproGate.Assemblies.Configuration.Unfollowed;

namespace ReproGate.Assemblies.Configuration;

/// <summary>
/// Runs a method over expressions instead of values: what each call is given, what is stored and returned, and under
/// which conditions. Branches join in choices; loops are gone through three times, which is enough for a value to go round.
/// How control goes through blocks, what each instruction does, calls, strings that are put together, and what is told in the end stand in files of their own.
/// </summary>
internal sealed partial class MethodEvaluator(MetadataReader metadata, TypeNames names, SourceMap sources, Effort effort, CodeBodyWriter bodies)
{
    /// <summary>With more entries a dictionary is made anew: clearing it costs what it ever held, so that one huge method would make all others slow.</summary>
    internal const int ManyEntries = 200;

    private readonly MethodFlow _flow = new();
    private readonly InstructionNotes _notes = new();
    private readonly ConstantValues _constants = new(metadata);
    private readonly FieldValues _fields = new();
    private readonly ValueJoin _join = new(effort);
    private readonly SitePool _pool = new();
    private readonly SourcePoints _points = new(sources);
    private readonly ParameterNames _parameterNames = new(metadata, names, effort);
    private readonly List<ParameterValue> _parameters = [];
    private CodeMethodReference _self = null!;
    private MethodDefinitionHandle _handle;

    /// <summary>Told of a string constant that is kept (<see cref="LiteralFilter"/>) where it is met first, with its place.</summary>
    public Action<string, Func<CodePlace?>>? OnText { get; set; }

    /// <summary>Evaluates one body.</summary>
    /// <exception cref="BadImageFormatException">It is damaged.</exception>
    /// <param name="handle">The method.</param>
    /// <param name="declared">What its declaration says; the rest is filled in.</param>
    /// <param name="body">Its body.</param>
    public CodeMethod Evaluate(MethodDefinitionHandle handle, DeclaredMethod declared, MethodIl body)
    {
        CodeMethodReference self = declared.Reference;
        _self = self;
        _handle = handle;
        _points.Begin(handle);
        Clear();
        if (IsAccessor(body))
        {
            return Written(declared);
        }

        _flow.Read(body, effort);
        _notes.Begin(_flow.Length);
        _localCount = _flow.Locals;
        int parameters = self.Parameters.Length + (self.IsStatic ? 0 : 1);
        _slotCount = _localCount + parameters;
        if (_slots.Length < _slotCount)
        {
            _slots = new Cell[2 * _slotCount];
        }

        Array.Fill(_slots, new Cell(Unset), 0, _localCount);
        for (int i = 0; i < parameters; i++)
        {
            _slots[_localCount + i] = new Cell(Parameter(i));
        }

        if (_flow.IsStraight)
        {
            RunStraight();
        }
        else
        {
            RunBlocks();
        }

        return Result(declared);
    }

    // Many methods only give back or set a field of this: ldarg.0, ldfld, ret; ldarg.0, ldarg.1, stfld, ret. What they are told by is worth no table.
    private bool IsAccessor(MethodIl body)
    {
        if (body.Length is not (7 or 8) || _self.IsStatic || !body.Regions.IsEmpty)
        {
            return false;
        }

        BlobReader il = body.Il;
        bool sets = body.Length == 8;
        if (il.ReadByte() != 0x02 || (sets && (il.ReadByte() != 0x03 || _self.Parameters.IsEmpty)) || il.ReadByte() != (sets ? 0x7D : 0x7B))
        {
            return false;
        }

        int token = il.ReadInt32();
        if (il.ReadByte() != 0x2A)
        {
            return false;
        }

        effort.Spend(body.Length);
        KnownField field = names.Field(Handle(token));
        if (sets)
        {
            _stores.Add(new CodeStore(field.Field, Parameter(1), _points.PlaceAt(2).Place));
        }
        else if (_self.Returns != "System.Void")
        {
            _returns = field.OfThis(Parameter(0));
        }

        return true;
    }

    private void Clear()
    {
        _fields.Begin();
        _join.Begin();
        _pool.Begin();
        _constants.Begin();
        _delegates.Clear();
        _types.Clear();
        _statics.Clear();
        _tests.Clear();
        _sites.Clear();
        _stores.Clear();
        _told.Clear();
        _owners.Clear();
        _lastStatic = null;
        _hasConditions = false;
        _returns = null;
        _conditionCount = 0;
        ClearKept();
    }

    private ParameterValue Parameter(int index)
    {
        while (_parameters.Count <= index)
        {
            _parameters.Add(new ParameterValue(_parameters.Count));
        }

        return _parameters[index];
    }

    private EntityHandle Handle(int token)
    {
        effort.Spend(1);
        EntityHandle handle = MetadataTokens.EntityHandle(token);
        return handle.IsNil ? throw new BadImageFormatException("An instruction names nothing.") : handle;
    }
}

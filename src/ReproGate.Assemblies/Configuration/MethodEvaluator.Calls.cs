using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using ReproGate.Facts.Configuration.Code;
using static ReproGate.Assemblies.Configuration.AddressValue;
using static ReproGate.Assemblies.Configuration.Unfollowed;

namespace ReproGate.Assemblies.Configuration;

/// <content>Calls.</content>
internal sealed partial class MethodEvaluator
{
    private readonly ByRow<Callee> _callees = new(metadata, TableIndex.MethodDef, TableIndex.MemberRef, TableIndex.MethodSpec);
    private readonly CodeValue[][] _arguments = [.. Enumerable.Range(0, 12).Select(static count => new CodeValue[count])];

    private void Call(in Instruction instruction, BlockState state)
    {
        EntityHandle handle = Handle(instruction.Operand);
        Callee callee = CalleeOf(handle);
        CodeMethodReference method = callee.Method;
        bool isNew = instruction.Operation == Operation.New;
        int count = isNew ? callee.Count - callee.This : callee.Count;
        effort.Spend(count + 1);
        if (_top < count)
        {
            FillStack(count);
        }

        _top -= count;
        Span<Cell> taken = _stack.AsSpan(_top, count);
        if (isNew && count == 2 && taken[1].Value is FunctionAddress function)
        {
            CodeValue target = Stripped(taken[0].Value);
            _isFresh = true;
            Push(new DelegateValue(function.Method, target is NullValue ? null : target.Depth < CodeValue.MaximumDepth ? target : TooDeep));
            return;
        }

        if (callee.MayBeIntrinsic && Intrinsic(instruction.Offset, method, Raw(taken), isNew))
        {
            return;
        }

        ref InstructionNote note = ref _notes.Of(instruction.Offset);
        note.SetConditions(state.ConditionsAt, state.ConditionCount);
        CallValue? call = note.Call;
        if (call is null)
        {
            call = _pool.NewCall(method);
            note.SetCall(call, callee);
            call.Site.Offset = instruction.Offset;
            call.Site.IsNew = isNew;
            call.Site.IsVirtual = instruction.Operation == Operation.CallVirtual;
            call.Site.TypeArguments = handle.Kind == HandleKind.MethodSpecification ? names.MethodArguments(handle) : [];
        }

        CodeSite site = call.Site;
        CodeValue[] arguments = site.Arguments.Length == count ? site.Arguments : _pool.NewArguments(count);
        // A span asks at no store whether the array may hold the value.
        Span<CodeValue> given = arguments;
        bool hasAddress = false;
        for (int i = 0; i < given.Length; i++)
        {
            CodeValue argument = taken[i].Value;
            if (IsAddress(argument))
            {
                hasAddress = true;
                argument = Stripped(argument);
            }

            given[i] = argument.Depth >= CodeValue.MaximumDepth ? TooDeep : argument;
        }

        site.Arguments = arguments;
        if (isNew)
        {
            Push(call);
            return;
        }

        if (hasAddress)
        {
            SetByAddress(callee, call, taken, given);
        }

        if (!callee.IsVoid)
        {
            Push(call);
        }
        else if (callee.Throws)
        {
            state.Throws = true;
        }
    }

    private void CallThroughPointer(int token)
    {
        EntityHandle handle = Handle(token);
        if (handle.Kind != HandleKind.StandaloneSignature)
        {
            throw new BadImageFormatException("A call through a pointer has no signature.");
        }

        MethodSignature signature = names.Signature(metadata.GetStandaloneSignature((StandaloneSignatureHandle)handle).Signature);
        for (int i = 0; i < signature.Parameters.Length + (signature.IsStatic ? 0 : 1); i++)
        {
            Pop();
        }

        if (signature.Returns != "System.Void")
        {
            Push(Computed);
        }
    }

    // Code that nothing reaches may ask for more than there is: what is missing lies below.
    private void FillStack(int count)
    {
        int missing = count - _top;
        if (_stack.Length < count)
        {
            Array.Resize(ref _stack, 2 * count);
        }

        _stack.AsSpan(0, _top).CopyTo(_stack.AsSpan(missing));
        _stack.AsSpan(0, missing).Fill(new Cell(Computed));
        _top = count;
    }

    // What is made of them copies them: the next call uses the array again.
    private CodeValue[] Raw(ReadOnlySpan<Cell> taken)
    {
        CodeValue[] raw = taken.Length < _arguments.Length ? _arguments[taken.Length] : new CodeValue[taken.Length];
        Span<CodeValue> values = raw;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = taken[i].Value;
        }

        return raw;
    }

    private void SetByAddress(Callee callee, CallValue call, ReadOnlySpan<Cell> taken, ReadOnlySpan<CodeValue> given)
    {
        CodeMethodReference method = callee.Method;
        // A structure made in place.
        if (callee.IsConstructor && taken[0].Value is SlotAddress made)
        {
            CodeSite site = call.Site;
            site.IsNew = true;
            site.Arguments = _pool.NewArguments(taken.Length - 1);
            given[1..].CopyTo(site.Arguments);
            SetSlot(made.Slot, call);
        }

        for (int i = 0; i < taken.Length; i++)
        {
            // What is passed by reference may come back changed.
            if (taken[i].Value is SlotAddress address && (method.IsStatic || i > 0) && method.ArgumentType(i) is "System.String&" or "!!0&")
            {
                _isFresh = true;
                SetSlot(address.Slot, new UnknownValue($"is set by {method.Name}"));
            }
        }
    }

    private Callee CalleeOf(EntityHandle handle)
    {
        if (_callees.Find(handle) is not { } callee)
        {
            callee = new Callee(names.Method(handle));
            _callees.Add(handle, callee);
        }

        return callee;
    }
}
